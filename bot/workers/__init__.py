"""What goes on by itself: planner, dispatcher, poller, notifier and sweeper, each on a Looper."""
