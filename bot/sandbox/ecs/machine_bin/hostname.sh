#!/bin/bash
# A sandbox machine has a name of its own.
echo "$HOSTNAME"
