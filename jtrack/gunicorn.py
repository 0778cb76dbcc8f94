"""How gunicorn serves the site in a container, behind the proxy that ends TLS."""

bind = "0.0.0.0:8000"
workers = 2
threads = 4
# A page is a short transaction; whatever takes longer than this hangs.
timeout = 60
# The proxy keeps connections open, and must be the one that closes them.
keepalive = 75
graceful_timeout = 30
# The heartbeat's file; /tmp is in memory.
worker_tmp_dir = "/tmp"  # noqa: S108 - each container has its own
control_socket_disable = True
loglevel = "warning"
logger_class = "jtrack.server_log.ServerLog"
# Who asks, and whether by TLS, is what the proxy says. Only the proxy reaches this port: it shares a network with
# web and nothing else does. The client's own X-Forwarded-For is never looked at.
proxy_protocol = "auto"
proxy_allow_ips = "*"
forwarded_allow_ips = "*"
