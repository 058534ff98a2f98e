local actions = { reconcile = { disabled = false } }
local is_stopped = obj.spec.paused == true
actions["suspend"] = { disabled = is_stopped }
actions["resume"] = { disabled = not is_stopped }
return actions
