local actions = { reconcile = { disabled = false } }
return actions
