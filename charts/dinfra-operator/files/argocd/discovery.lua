local actions = { reconcile = { disabled = false } }
if obj.kind == "Deployment" then
  local suspended = obj.spec.suspend == true
  actions["suspend"] = { disabled = suspended }
  actions["resume"] = { disabled = not suspended }
end
if obj.kind == "Provider" then
  local paused = obj.spec.paused == true
  actions["suspend"] = { disabled = paused }
  actions["resume"] = { disabled = not paused }
end
return actions
