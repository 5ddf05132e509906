# 一区一表. `make demo` and `make test` set themselves up; Python 3.11+ and make are all they need.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export PYTHONPATH := $(CURDIR)
export PATH := $(CURDIR)/$(BIN):$(PATH)
export DO_NOT_TRACK := 1
CADENCE ?= monthly_dispatch
PIP_AUDIT := 2.10.1

.PHONY: help setup demo up run document template registry check snapshot remote dictionary test test-looks test-services bench bench-scale bench-notice bench-kill bench-readers bench-airflow deployment-env doctor rebuild audit-dependencies format

help: ## 列出命令
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

setup: .venv/.ready ## 建立 .venv 并按 uv.lock 安装

.venv/.ready: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed; PYTHON=... names another one")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv sync --locked --quiet --compile-bytecode
	touch $@

demo: setup ## 主流程演示：示例年经真实 Airflow 出通报
	$(BIN)/python -m operations.demonstration

up: setup ## 启动 Airflow 及其界面，Ctrl-C 停止
	$(BIN)/python -m operations.serve

run: setup ## 不经 Airflow 处理一期：make run PERIOD=2021-03
	@test -n "$(PERIOD)" || { echo "用法：make run PERIOD=2021-03 [CADENCE=monthly_dispatch] [AS_OF=2021-04-20T00:00+08:00]"; exit 2; }
	@$(BIN)/python -c 'import sys; from ingestion.periods import parse_period; parse_period(sys.argv[1])' "$(PERIOD)" 2>/dev/null \
		|| { echo "“$(PERIOD)”不是期号；应为 2021-03、2021-B2、2021-Q1、2021-H1 或 2021"; exit 2; }
	@started=$$(date +%s); set -e; \
	$(BIN)/python -m ingestion $(if $(AS_OF),--as-of $(AS_OF)); \
	$(BIN)/python -m expectations; \
	(cd "$${YIBIAO_DBT_PROJECT:-dbt_project}" && $(CURDIR)/$(BIN)/dbt --quiet build --exclude-resource-type unit_test); \
	$(BIN)/python -m reports publish --cadence $(CADENCE) --period $(PERIOD); \
	echo "用时 $$(( $$(date +%s) - started )) 秒"

document: setup ## 从政策文本起草目标和任务：make document FILE=文件.txt [OUT=草稿文件夹] [ID=文件编号] [YEAR=年份]
	@test -n "$(FILE)" || { echo "用法：make document FILE=文件.txt [OUT=草稿文件夹]"; exit 2; }
	@$(BIN)/python -m ingestion.documents "$(FILE)" $(if $(OUT),--out "$(OUT)") $(if $(ID),--document-id "$(ID)") $(if $(YEAR),--year $(YEAR))

template: setup ## 为各填报单位生成空白表：make template PROGRAMME=方案编号 PERIOD=2021-04 [REPORTER=单位编号]
	@test -n "$(PROGRAMME)" -a -n "$(PERIOD)" || { echo "用法：make template PROGRAMME=innovation_2021 PERIOD=2021-04 [REPORTER=jiangan]"; exit 2; }
	@$(BIN)/python -m ingestion template --programme "$(PROGRAMME)" --period "$(PERIOD)" $(if $(REPORTER),--reporter "$(REPORTER)")

registry: setup ## 为新的城市建立空的登记册：make registry OUT=文件夹
	@test -n "$(OUT)" || { echo "用法：make registry OUT=文件夹"; exit 2; }
	@$(BIN)/python -m ingestion.registry_skeleton "$(OUT)"

check: setup ## 对照文件原文核对登记册：make check [REGISTRY=登记册文件夹] [TEXTS=原文文件夹]
	@$(BIN)/python -m ingestion.registry_check $(if $(REGISTRY),--registry "$(REGISTRY)") $(if $(TEXTS),--texts "$(TEXTS)")

snapshot: setup ## 另存一份供查询的数据快照，以截至时间命名
	@$(BIN)/python -m reports snapshot

remote: setup ## 供其他机器只读查询数据快照（令牌在 YIBIAO_REMOTE_TOKEN，只听本机）
	$(BIN)/uv sync --locked --quiet --inexact --group remote
	@$(BIN)/python -m operations.serve_remote

dictionary: setup ## 由 dbt 的说明生成数据字典网页：make dictionary OUT=数据字典.html
	@test -n "$(OUT)" || { echo "用法：make dictionary OUT=数据字典.html"; exit 2; }
	@$(BIN)/python -m reports dictionary --out "$(OUT)"

test: setup ## 全部测试，只需 Python 和 make
	$(BIN)/python -m pytest -m "not looks and not services" --numprocesses 2

test-looks: setup ## 在 Chromium、LibreOffice 中看产出（用 apt 安装所需）
	operations/install_debian chromium libreoffice-calc libreoffice-writer poppler-utils fonts-wqy-microhei
	$(BIN)/python -m pytest -m looks

test-services: setup ## 需要数据库等服务的测试（用 apt 安装所需）
	operations/install_debian postgresql redis-server docker-compose
	$(BIN)/uv sync --locked --quiet --group services
	$(BIN)/python -m pytest -m services

bench: setup ## 主流程用时，与同一次运行中的基准相比
	$(BIN)/python benchmarks/main_job.py --with-demo
	$(BIN)/python benchmarks/intake.py

bench-scale: setup ## 3400 万个数值的计算用时和内存，与同一次运行中手写 SQL 相比（约一小时）
	$(BIN)/python benchmarks/scale.py --tenth

bench-notice: setup ## 一期通报四种形式的用时和内存（16 家 60 项，2844 家）
	$(BIN)/python benchmarks/notice.py

bench-kill: setup ## 随机时刻强行中止 100 次、磁盘写满、几方同时写入，结果须与未受干扰的一致（约半小时）
	$(BIN)/python benchmarks/kill.py --disk --writers

bench-readers: setup ## 十六个读者不停查询、快照发布 50 次的用时，与不发布时相比（约五分钟）
	$(BIN)/python benchmarks/readers.py

bench-airflow: setup ## Airflow：DAG 解析用时、空闲内存、补跑六十个月的逐月用时（约二十分钟）
	$(BIN)/python benchmarks/airflow_figures.py

deployment-env: setup ## 为 docker compose 生成 .env：密码和密钥
	@$(BIN)/python -m operations.deployment_secrets

doctor: ## 检查安装、文件夹、收件箱、最近一次计算和发布、锁、磁盘，并说明下一步
	@test -x $(BIN)/python || { echo "有问题　安装：没有 .venv。下一步：make setup"; exit 1; }
	@$(BIN)/python -m operations.doctor

rebuild: setup ## 由档案、登记和登记册重建数据仓库，与原来的逐格比对，一致才更换；ACCEPT=1 不一致也更换
	@$(BIN)/python -m operations.rebuild $(if $(ACCEPT),--accept)

audit-dependencies: setup ## 按 uv.lock 中带哈希的版本查已知漏洞（要访问 PyPI）
	@requirements=$$(mktemp) && trap 'rm -f "$$requirements"' EXIT && \
	$(BIN)/uv export --locked --quiet --all-groups --no-emit-project --format requirements-txt --output-file "$$requirements" && \
	$(BIN)/uv tool run --quiet pip-audit@$(PIP_AUDIT) --strict --require-hashes --disable-pip --requirement "$$requirements"

format: setup ## 整理代码
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .
