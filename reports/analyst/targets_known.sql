-- The targets of the documents as they were in force on a day.
create or replace macro targets_known(day) as table (
    select *
    from marts.target_versions
    where
        coalesce(valid_from <= day::date, true)
        and coalesce(valid_to >= day::date, true)
);

comment on macro table targets_known is '某一天有效的文件目标：每个目标一行，取当日有效的版本';
