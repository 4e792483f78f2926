"""What is counted. Labels are from closed sets: no user, no snippet, no id ever becomes one."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry(auto_describe=True)

JOBS = Counter("ecs_bot_jobs_total", "Jobs that a worker finished", ["worker", "outcome"], registry=REGISTRY)
JOB_SECONDS = Histogram("ecs_bot_job_seconds", "How long a worker's job took", ["worker"], registry=REGISTRY)
ANSWERS = Counter("ecs_bot_answers_total", "Requests from Slack answered", ["kind", "outcome"], registry=REGISTRY)
ANSWER_SECONDS = Histogram(
    "ecs_bot_answer_seconds",
    "From a request's arrival to its acknowledgement (Slack waits 3 s)",
    ["kind"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0),
    registry=REGISTRY,
)
CHAT_FAULTS = Counter("ecs_bot_chat_faults_total", "Messages that Slack did not take", ["kind"], registry=REGISTRY)
STRAYS = Counter("ecs_bot_strays_total", "Runs in ECS found that the database does not know", registry=REGISTRY)
READY = Gauge("ecs_bot_ready", "1 while the bot can serve", registry=REGISTRY)
IN_FLIGHT = Gauge("ecs_bot_jobs_in_flight", "Jobs under way", ["worker"], registry=REGISTRY)
