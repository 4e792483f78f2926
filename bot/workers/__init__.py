"""What goes on by itself: the planner, the dispatcher, the poller, the notifier and the sweeper, each on a Looper."""
