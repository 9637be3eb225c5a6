"""What the region owes each store, closed period by period into statements that never change again."""
