"""Durable chat messages: latency at a steady rate, throughput in a closed loop, idle sockets."""
