{#- Whether a roster's reporter supplies an indicator: it is of the supplying kind and, where the indicator names groups
    of the programme or reporters, one of these; or it is the city, where that reports its own figure beside theirs. -#}
{% macro is_supplier(indicators, rosters) -%}
    (
        {{ indicators }}.supplier_kind = {{ rosters }}.reporter_kind
        and (
            coalesce({{ indicators }}.supplier_scope, '') = ''
            or list_has_any(
                string_split({{ indicators }}.supplier_scope, '|'),
                list_append({{ rosters }}.all_group_ids, {{ rosters }}.reporter_id)
            )
        )
        or {{ rosters }}.reporter_kind = 'city'
        and {{ indicators }}.supplier_kind = 'district'
        and {{ indicators }}.city_method = 'reported'
    )
{%- endmacro %}
