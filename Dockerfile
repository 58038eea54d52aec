# Serves completions as an ordinary user on a read-only file system:
#   docker build -t nextquery .
#   docker run --read-only --tmpfs /run/nextquery:mode=1777 --tmpfs /tmp --cap-drop ALL -p 8000:8000 \
#     -e NEXTQUERY_SECRET_KEY=... -v /path/to/models:/models:ro nextquery
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/nextquery

COPY requirements.txt ./
RUN pip install -r requirements.txt "psycopg[binary]==3.3.9"

COPY xmr_engine ./xmr_engine
COPY app ./app
COPY static ./static
COPY templates ./templates
COPY sample_models ./sample_models
COPY gunicorn.conf.py LICENSE ./
COPY deploy/start.sh /usr/local/bin/start-nextquery

# Kernels compiled for any processor of this kind. Numba finds them at run time only under the same processor's name.
ENV NUMBA_CPU_NAME=generic NUMBA_CPU_FEATURES=""
RUN NUMBA_CACHE_DIR=/opt/kernels python -m app.compile \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin nextquery \
    && mkdir -m 1777 /run/nextquery

USER 10001
ENV HOME=/run/nextquery NUMBA_CACHE_DIR=/run/nextquery/kernels NEXTQUERY_BIND=0.0.0.0:8000
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
ENTRYPOINT ["start-nextquery"]
CMD ["gunicorn", "app:create_app()"]
