"""Cloud Assistant, through Alibaba Cloud's SDK."""
