-- Each row is a city target that the reporters' parts miss, with the figures; dbt's output has the same sentences.
-- A warning, not an error, since 2026-11-22: parts are set by people after the document, may promise more than the city
-- does or come in one reporter after the other, and none of that is a reason to calculate nothing.
{{ config(severity='warn') }}
{{- log_messages(ref('target_arithmetic')) }}
select
    programme_id,
    target_id,
    message
from {{ ref('target_arithmetic') }}
where message is not null
