{# What the models that are built by period calculate anew: the periods in whose rows something could differ from the
   last whole build. A row goes back to what its previous period was compared with, so no further than to January two
   years before; a period's fingerprint is of everything from then on. What else figures depend on (registry, calendar,
   code) is in raw.runs.standing_sha256, and changes every period. #}
{{ config(
    materialized='table',
    post_hook="{{ forget_changed_periods() }}",
) }}

with

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

submissions as (

    select * from {{ ref('int_submissions_received') }}
    where verdict = 'accepted'

),

reported_values as (

    select * from {{ ref('stg_submissions__values') }}

),

corrections as (

    select * from {{ ref('submission_corrections') }}
    where signed_on <= {{ as_of_date() }}

),

targets as (

    select * from {{ ref('int_targets_by_period') }}

),

splits as (

    select * from {{ ref('target_splits') }}
    where coalesce(valid_from <= {{ as_of_date() }}, true)

),

runs as (

    select * from {{ source('raw', 'runs') }}

),

built_periods as (

    select * from {{ source('raw', 'built_periods') }}

),

submitted as (

    select
        submissions.period,
        sum(hash(
            submissions.programme_id,
            submissions.reporter_id,
            submissions.newest_first,
            submissions.is_sample,
            reported_values.indicator_id,
            reported_values.month_value,
            reported_values.cumulative_value,
            reported_values.same_period_value,
            reported_values.growth_pct
        )::hugeint) as content
    from submissions
    inner join reported_values
        on submissions.table_id = reported_values.table_id
    group by submissions.period

),

corrected as (

    select
        period,
        sum(hash(corrections)::hugeint) as content
    from corrections
    group by period

),

targeted as (

    select
        measured_period as period,
        sum(hash(targets)::hugeint) as content
    from targets
    group by measured_period

),

visible_splits as (

    select sum(hash(splits)::hugeint) as content
    from splits

),

calendar as (

    select
        period,
        any_value(previous_period) as previous_period,
        any_value(year) as year,
        any_value(last_month) as last_month,
        any_value(is_ended) as is_ended
    from periods
    group by period

),

described as (

    select
        calendar.*,
        hash(calendar.period, calendar.is_ended, submitted.content, corrected.content, targeted.content) as content
    from calendar
    left join submitted
        on calendar.period = submitted.period
    left join corrected
        on calendar.period = corrected.period
    left join targeted
        on calendar.period = targeted.period

),

-- An indicator may be reported in one programme and measured in another, so all of a period count together.
fingerprinted as (

    select
        described.period,
        described.previous_period,
        described.year,
        md5(concat_ws(
            ' ',
            (select runs.standing_sha256 from runs),
            (select visible_splits.content from visible_splits),
            sum(earlier.content::hugeint)
        )) as fingerprint
    from described
    inner join described as earlier
        on
            described.last_month >= earlier.last_month
            and described.year - 2 <= earlier.year
    group by described.period, described.previous_period, described.year

),

compared as (

    select
        fingerprinted.*,
        coalesce(built_periods.fingerprint != fingerprinted.fingerprint, true) as is_changed
    from fingerprinted
    left join built_periods
        on fingerprinted.period = built_periods.period

)

select * from compared
