-- Any mart as it stood in the notices published by a moment: of each notice the newest edition whose as-of is not later,
-- read from its frozen result. as_published('indicator_rankings', '2021-04-20 00:00:00+08')
create or replace macro as_published(mart, moment, folder := 'data/published') as table (
    with

    editions as (

        select
            programme_id as notice_programme_id,
            cadence as notice_cadence,
            period as notice_period,
            version,
            as_of::timestamptz as published_as_of,
            parse_dirpath(filename) as edition_folder
        from read_json(
            folder || '/*/*/v*/manifest.json',
            filename = true,
            columns = {
                'programme_id': 'varchar',
                'cadence': 'varchar',
                'period': 'varchar',
                'version': 'integer',
                'as_of': 'varchar'
            }
        )

    ),

    known as (

        select * from editions
        where published_as_of <= moment::timestamptz and regexp_matches(edition_folder, '[/\\]v[1-9]\d*$')
        qualify
            row_number() over (
                partition by notice_programme_id, notice_cadence, notice_period order by version desc
            ) = 1

    ),

    frozen as (

        select
            * exclude (filename),
            regexp_replace(parse_dirpath(filename), '[/\\]result$', '') as edition_folder
        from read_parquet(
            folder || '/*/*/v*/result/'
            -- The frozen tables of these marts have shorter names.
            || case mart
                when 'indicator_progress' then 'progress'
                when 'indicator_rankings' then 'rankings'
                when 'programmes' then 'programme'
                when 'periods' then 'period'
                when 'builds' then 'build'
                else mart
            end
            || '.parquet',
            filename = true,
            union_by_name = true
        )

    )

    select
        known.* exclude (edition_folder),
        frozen.* exclude (edition_folder)
    from frozen
    inner join known
        on frozen.edition_folder = known.edition_folder
);

comment on macro table as_published is '截至某一时间已发布的通报中的一张表：每期通报取截至时间不晚于它的最新版次，逐行注明是哪期通报、第几版；folder 是已发布通报的文件夹';
