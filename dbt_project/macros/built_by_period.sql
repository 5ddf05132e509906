{#- Building by period: only what changed, and one year after another, so that memory doesn't grow with the years. -#}


{#- Whether a period is of the year that is being built now, or of one of those that such a year is compared with. In a
    view, a unit test or a query by hand nothing is being built, so every row counts. A range of texts, by which DuckDB
    leaves out what it need not read. -#}
{% macro is_built_year(period, years_before=0) -%}
    {{ period }} between coalesce(getvariable('built_year') - {{ years_before }}, 0)::varchar
    and coalesce(getvariable('built_year'), 9999) || '~'
{%- endmacro %}


{#- Whether a row is of a period that is being built now. -#}
{% macro is_built(period) -%}
    {{ is_built_year(period) }}
    and coalesce(list_contains(getvariable('built_periods'), {{ period }}), true)
{%- endmacro %}


{#- Whether a row is of a period that is being built now, or of the previous period of such a one. -#}
{% macro is_built_or_previous(period) -%}
    {{ is_built_year(period, years_before=1) }}
    and coalesce(list_contains(getvariable('built_or_previous_periods'), {{ period }}), true)
{%- endmacro %}


{#- Takes the place of dbt's own materialisation `incremental`: a model's periods that int_periods_changed names are
    deleted and calculated anew, each year by an insert of its own; everything is, into a new table, where there is none
    yet or nothing stayed the same. The model's SQL says with is_built which rows those are. -#}
{% materialization incremental, adapter='duckdb' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set fresh = make_intermediate_relation(target_relation) -%}
    {%- set backup = make_backup_relation(target_relation, 'table' if existing is none else existing.type) -%}
    {%- set periods_changed = ref('int_periods_changed') -%}
    {%- set is_anything_kept = run_query('select 1 from ' ~ periods_changed ~ ' where not is_changed').rows | length > 0 -%}
    {%- set is_all_new = existing is none or existing.is_view or should_full_refresh() or not is_anything_kept -%}
    {%- set built = fresh if is_all_new else target_relation -%}
    {%- set years = run_query(
        'select distinct year from ' ~ periods_changed ~ ('' if is_all_new else ' where is_changed') ~ ' order by year'
    ).columns[0].values() -%}

    {{ drop_relation_if_exists(load_cached_relation(fresh)) }}
    {{ drop_relation_if_exists(load_cached_relation(backup)) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% call statement('main') -%}
        {%- if is_all_new -%}
            {{ create_table_as(False, fresh, 'select * from (' ~ sql ~ ') as model limit 0') }}
        {%- else -%}
            delete from {{ target_relation }}
            where period in (select period from {{ periods_changed }} where is_changed)
        {%- endif -%}
    {%- endcall %}
    {%- for year in years %}
        {% call statement('insert_' ~ year) -%}
            set variable built_year = {{ year }};
            set variable built_periods = (
                select list(period)
                from {{ periods_changed }}
                where {{ 'true' if is_all_new else 'is_changed' }} and year = {{ year }}
            );
            set variable built_or_previous_periods = (
                select list_concat(getvariable('built_periods'), list(previous_period))
                from {{ periods_changed }}
                where list_contains(getvariable('built_periods'), period)
            );
            insert into {{ built }} by name ({{ sql }});
            reset variable built_year;
            reset variable built_periods;
            reset variable built_or_previous_periods;
        {%- endcall %}
    {%- endfor %}

    {% if is_all_new %}
        {% if existing is not none %}
            {% do adapter.rename_relation(existing, backup) %}
        {% endif %}
        {% do adapter.rename_relation(fresh, target_relation) %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ drop_relation_if_exists(backup) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}


{#- The hook of every model that is built by period: what changed must be known before. -#}
{% macro built_by_period() -%}
    select 1 from {{ ref('int_periods_changed') }} limit 0
{%- endmacro %}
