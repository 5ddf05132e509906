-- The copy that dbt reads must be of the registry that ingestion wrote down for this build. If it is not, another run
-- copied its own registry in between: run `python -m ingestion` again, then build.
select
    registry_version.registry_sha256,
    runs.registry_sha256 as landed_sha256
from {{ ref('registry_version') }} as registry_version
cross join {{ source('raw', 'runs') }} as runs
where registry_version.registry_sha256 != runs.registry_sha256
