-- What dbt is measured against: indicator_progress and indicator_rankings of scale.py's registry, written by hand. It
-- knows what that registry does not have (mergers, corrections, ratios, second versions, open ends) and leaves it out.
-- What stands before the first "-- into" runs once, each query below it once a year, into its table: everything at once
-- would not fit into memory. `pipeline` is the attached warehouse; the variables are `registry`, the registry's folder,
-- and `year`.
set preserve_insertion_order = false;

create temp table moment as select effective_as_of_at as as_of_at from pipeline.raw.runs;

create temp table indicators as
select
    indicator_id, kind, direction, decimals::integer as decimals, ratio_decimals::integer as ratio_decimals, city_method,
    pace_rule, ranking_bases as basis
from read_csv(getvariable('registry') || '/indicators.csv', all_varchar = true) as described
inner join read_csv(getvariable('registry') || '/programme_indicators.csv', all_varchar = true) as chosen
    using (indicator_id);

create temp table members as
select reporter_id, group_id
from read_csv(getvariable('registry') || '/reporter_group_members.csv', all_varchar = true);

create temp table targets as
select target_id, indicator_id, comparator, scope, value_low::decimal(24, 6) as value_low, period::integer as year
from read_csv(getvariable('registry') || '/targets.csv', all_varchar = true);

create temp table owed as
select
    reporter_id, indicator_id, year, target_id, comparator, false as is_illustrative, value_low as target_value
from targets inner join members on scope = 'each:' || group_id
union all
select 'city', indicator_id, year, target_id, comparator, false, value_low
from targets where scope = 'city'
union all
select reporter_id, indicator_id, year, target_id, comparator, is_illustrative::boolean, value::decimal(24, 6)
from targets
inner join read_csv(getvariable('registry') || '/target_splits.csv', all_varchar = true) as splits
    using (target_id);

create temp table periods as
select
    cadence, period, previous_period, month_count, first_month, last_month, year(first_month) as year,
    last_date < (select (as_of_at at time zone 'UTC' at time zone 'Asia/Shanghai')::date from moment) as is_ended
from pipeline.raw.periods;

-- A quotient cut off after twelve decimals: long division, three decimals at a time.
create temp macro millionths(a) as
    trunc(a::decimal(18, 6))::bigint * 1000000
    + ((a::decimal(18, 6) - trunc(a::decimal(18, 6)))::decimal(7, 6) * 1000000)::bigint;
create temp macro digits(n, d) as
    (n // d)::decimal(18, 0)::decimal(32, 12)
    + (n % d * 1000 // d)::decimal(3, 0) * 0.001::decimal(3, 3)
    + (n % d * 1000 % d * 1000 // d)::decimal(3, 0) * 0.000001::decimal(6, 6)
    + (n % d * 1000 % d * 1000 % d * 1000 // d)::decimal(3, 0) * 0.000000001::decimal(9, 9)
    + (n % d * 1000 % d * 1000 % d * 1000 % d * 1000 // d)::decimal(3, 0) * 0.000000000001::decimal(12, 12);
create temp macro quotient(a, b) as
    digits(millionths(a), nullif(greatest(millionths(b), 0), 0))::decimal(24, 12);

-- into monthly
with reported as (
    select
        tables.reporter_id, tables.period, tables.is_sample, reported_values.indicator_id, month_value, cumulative_value,
        same_period_value, growth_pct
    from pipeline.raw.reported_values
    inner join pipeline.raw.tables using (table_id)
    inner join pipeline.raw.receipts on tables.receipt_id = receipts.receipt_id
    inner join pipeline.raw.judgements on tables.receipt_id = judgements.receipt_id
    where received_at <= (select as_of_at from moment) and accepted_at <= (select as_of_at from moment)
        and tables.period between getvariable('year')::varchar and getvariable('year') || '~'
),
months as (
    select period, first_month as month_date, year(first_month) as year
    from pipeline.raw.periods
    where cadence = 'monthly_dispatch' and year(first_month) = getvariable('year')
),
spine as (
    select
        members.reporter_id, indicators.indicator_id, kind, month_date, year, month_value, cumulative_value,
        same_period_value, growth_pct, coalesce(is_sample, false) as is_sample
    from months cross join members cross join indicators
    left join reported
        on members.reporter_id = reported.reporter_id
        and indicators.indicator_id = reported.indicator_id
        and months.period = reported.period
),
anchored as (
    select
        *,
        count(cumulative_value) over (partition by reporter_id, indicator_id, year order by month_date) as anchor_number
    from spine
),
counted as (
    select
        *,
        first_value(cumulative_value) over since as anchor_value,
        sum(case when cumulative_value is null then month_value end) over since as value_since,
        count_if(cumulative_value is null and month_value is null) over since as missing_count
    from anchored
    window since as (partition by reporter_id, indicator_id, year, anchor_number order by month_date)
),
own as (
    select
        reporter_id, indicator_id, kind, month_date, is_sample, month_value, same_period_value, growth_pct,
        case
            when kind != 'increment' then cumulative_value
            when missing_count = 0 then (coalesce(anchor_value, 0) + coalesce(value_since, 0))::decimal(24, 6)
        end as cumulative_value
    from counted
)
select
    *,
    (cumulative_value is not null or month_value is not null)::integer as reported_count,
    1 as expected_count,
    month_value is not null as is_flow_complete,
    cumulative_value as comparable_value
from own
union all
select
    'city', indicator_id, any_value(own.kind), month_date, bool_or(is_sample), sum(month_value)::decimal(24, 6),
    case
        when count(same_period_value) = count(cumulative_value) then sum(same_period_value)::decimal(24, 6)
    end, null, sum(cumulative_value)::decimal(24, 6) as total,
    count_if(cumulative_value is not null or month_value is not null)::integer, count(*)::integer,
    count(month_value) = count(*), case when count(cumulative_value) = count(*) then total end
from own inner join indicators using (indicator_id)
where city_method = 'sum'
group by indicator_id, month_date

-- into cadenced
with built as (select * from periods where year = getvariable('year')),
values_of_year as (select * from monthly where year(month_date) = getvariable('year')),
values_before as (select * from monthly where year(month_date) = getvariable('year') - 1),
flows as (
    select
        period, reporter_id, indicator_id, bool_or(is_sample) as is_sample,
        case when count(month_value) = count(*) then sum(month_value)::decimal(24, 6) end as flow,
        case when bool_and(is_flow_complete) then flow end as complete_flow
    from built inner join values_of_year on month_date between first_month and last_month
    group by period, reporter_id, indicator_id
),
spine as (
    select built.*, reporter_id, indicator_id, group_id
    from built cross join indicators cross join (from members union all select 'city', null)
)
select
    spine.*,
    at_end.cumulative_value,
    at_end.comparable_value,
    at_end.growth_pct,
    at_end.reported_count,
    at_end.expected_count,
    coalesce(flows.is_sample, false) as is_sample,
    coalesce(at_end.same_period_value, year_before.comparable_value) as same_period_value,
    case
        when at_end.kind != 'increment' then null
        when month(first_month) = 1 then coalesce(if(month_count = 1, complete_flow, null), at_end.comparable_value)
        when month_count = 1 then coalesce(complete_flow, at_end.comparable_value - before_start.comparable_value)
        else coalesce(at_end.comparable_value - before_start.comparable_value, complete_flow)
    end::decimal(24, 6) as comparable_flow,
    case
        when at_end.kind != 'increment' then null
        else coalesce(
            comparable_flow,
            if(month(first_month) = 1, at_end.cumulative_value, null),
            if(month_count = 1 or month(first_month) > 1, flow, null)
        )
    end::decimal(24, 6) as month_value
from spine
left join values_of_year as at_end
    on spine.reporter_id = at_end.reporter_id and spine.indicator_id = at_end.indicator_id
    and spine.last_month = at_end.month_date
left join values_of_year as before_start
    on spine.reporter_id = before_start.reporter_id and spine.indicator_id = before_start.indicator_id
    and (spine.first_month - interval 1 month)::date = before_start.month_date
left join values_before as year_before
    on spine.reporter_id = year_before.reporter_id and spine.indicator_id = year_before.indicator_id
    and (spine.last_month - interval 1 year)::date = year_before.month_date
left join flows
    on spine.period = flows.period and spine.reporter_id = flows.reporter_id
    and spine.indicator_id = flows.indicator_id

-- into indicator_progress
with compared as (
    select
        cadenced.*, kind, pace_rule, city_method,
        if(kind = 'increment', comparable_flow, comparable_value) as compared_value
    from cadenced inner join indicators using (indicator_id)
    where year between getvariable('year') - 1 and getvariable('year')
),
measured as (
    select
        compared.*,
        before.compared_value as previous_value,
        owed.target_id, owed.target_value, coalesce(is_illustrative, false) as is_illustrative,
        case
            when compared.pace_rule = 'linear' and owed.target_id is not null
                then quotient(month(compared.last_month)::decimal(24, 6), 12::decimal(24, 6))
        end as time_progress_ratio,
        quotient(
            if(comparator = '<=', 2 * owed.target_value - compared.cumulative_value, compared.cumulative_value)::decimal(18, 6),
            owed.target_value
        ) as completion_ratio,
        if(
            compared.kind = 'increment' and comparator != '<=' and compared.cumulative_value is not null,
            greatest(owed.target_value - compared.cumulative_value, 0), null
        )::decimal(18, 6) as needed_value,
        if(
            owed.target_id is null and compared.reporter_id != 'city' and compared.city_method = 'sum',
            compared.cumulative_value, null
        ) as contributed_value,
        quotient(compared.compared_value - before.compared_value, before.compared_value) as mom_ratio,
        quotient(compared.comparable_value - compared.same_period_value, compared.same_period_value) as yoy_ratio,
        (compared.growth_pct * 0.01)::decimal(24, 12) as yoy_reported_ratio
    from compared
    left join compared as before
        on compared.reporter_id = before.reporter_id and compared.indicator_id = before.indicator_id
        and compared.previous_period = before.period
    left join owed
        on compared.reporter_id = owed.reporter_id and compared.indicator_id = owed.indicator_id
        and compared.year = owed.year
    where compared.year = getvariable('year')
),
best as (
    select
        reporter_id, indicator_id, last_month,
        max(month_value) over (
            partition by reporter_id, indicator_id order by last_month rows between 11 preceding and current row
        ) as best_month_value
    from compared where month_count = 1 and kind = 'increment'
),
city_owed as (select indicator_id, year, target_value from owed where reporter_id = 'city'),
needed as (
    select
        measured.*, best_month_value,
        quotient(needed_value, (12 - month(measured.last_month))::decimal(24, 6)) as needed_per_month,
        quotient(contributed_value, city_owed.target_value) as contribution_ratio
    from measured left join best using (reporter_id, indicator_id, last_month)
    left join city_owed on measured.indicator_id = city_owed.indicator_id and measured.year = city_owed.year
)
select
    'scale' as programme_id, reporter_id, indicator_id, period, cadence,
    case
        when coalesce(cumulative_value, month_value) = 0 then 'zero'
        when reported_count > 0 then 'reported'
        when not is_ended then 'not_due'
        else 'not_submitted'
    end as value_state,
    if(target_id is null, 'no_target', 'set') as target_state,
    target_id,
    case
        when target_id is null or completion_ratio - time_progress_ratio is null then null
        when completion_ratio - time_progress_ratio >= 0 then 'green'
        when completion_ratio - time_progress_ratio >= -0.1 then 'yellow'
        else 'red'
    end as light,
    month_value, cumulative_value, previous_value, same_period_value, mom_ratio, yoy_ratio, yoy_reported_ratio,
    target_value, completion_ratio::decimal(24, 12) as completion_ratio, time_progress_ratio,
    (completion_ratio - time_progress_ratio)::decimal(24, 12) as progress_gap, needed_per_month,
    needed_per_month <= best_month_value as is_reachable, contribution_ratio,
    coalesce(reported_count, 0) as reported_count, coalesce(expected_count, 1) as expected_count, is_illustrative,
    is_sample
from needed

-- into ranked
with valued as (
    select
        reporter_id, indicator_id, period, cadence, basis, group_id,
        case basis
            when 'completion' then if(target_state = 'set', completion_ratio, null)
            when 'growth' then yoy_ratio
            else cumulative_value::decimal(24, 12)
        end as ranked_value,
        if(direction = 'lower' and basis != 'completion', -1, 1) as sign,
        if(basis = 'level', decimals, ratio_decimals + 2) as places
    from indicator_progress inner join indicators using (indicator_id) inner join members using (reporter_id)
    where period between getvariable('year')::varchar and getvariable('year') || '~'
),
scoped as (
    select *, 'overall' as scope from valued union all select *, group_id from valued
),
comparable as (
    select
        *,
        sign * ranked_value as goodness,
        sign * case places
            when 0 then round(ranked_value::decimal(18, 12), 0)::decimal(18, 3)
            when 1 then round(ranked_value::decimal(18, 12), 1)::decimal(18, 3)
            when 3 then round(ranked_value::decimal(18, 12), 3)
        end as rounded,
        count(*) over (partition by scope, indicator_id, period) as reporter_count
    from scoped
)
select
    scope, indicator_id, basis, period, cadence, reporter_id, ranked_value, reporter_count::integer as reporter_count,
    rank() over ranking::integer as rank,
    count(*) over (partition by scope, indicator_id, period)::integer as ranked_count,
    (min(goodness) over (ranking groups between 1 preceding and 1 preceding) - goodness)::decimal(24, 12) as margin_above,
    (goodness - max(goodness) over (ranking groups between 1 following and 1 following))::decimal(24, 12) as margin_below
from comparable
where ranked_value is not null
window ranking as (partition by scope, indicator_id, period order by rounded desc)

-- into indicator_rankings
select
    'scale' as programme_id, ranked.scope, ranked.indicator_id, ranked.basis, ranked.period, ranked.cadence,
    ranked.reporter_id, ranked.ranked_value, ranked.rank, ranked.ranked_count, ranked.reporter_count,
    before.rank - ranked.rank as rank_change, ranked.margin_above, ranked.margin_below
from ranked
inner join periods using (period)
left join ranked as before
    on ranked.scope = before.scope and ranked.indicator_id = before.indicator_id
    and ranked.reporter_id = before.reporter_id and periods.previous_period = before.period
where ranked.period between getvariable('year')::varchar and getvariable('year') || '~'
