-- The version of every table that counted at a moment: the newest accepted one received by then.
create or replace macro submissions_known(moment) as table (
    select * exclude (is_counted)
    from marts.submission_versions
    where
        version_number is not null
        and received_at at time zone 'UTC' <= moment::timestamptz
    qualify row_number() over (partition by programme_id, reporter_id, period order by version_number desc) = 1
);

comment on macro table submissions_known is '某一时间已收到并计入的报送：每个方案、单位和月份一行，取当时最新的被接受的版本';
