// Lines to begin with.

export const TRY = [
  "/ecs run mem web-prod",
  "/ecs run restart web-prod --service nginx --reason workers are wedged since 03:10",
  "/ecs run",
  "/ecs run logs web-prod --service nginx --lines 5",
  "/ecs run uptime web-staging",
  "/ecs help",
];
