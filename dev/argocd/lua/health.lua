-- Health of every kind of dinfra.io: the contract of kstatus, and the two ways in which nothing is meant to run.
local status = obj.status
if status == nil or status.observedGeneration == nil or status.observedGeneration < 0 then
  return { status = "Progressing", message = "the operator has not seen it yet" }
end
if obj.metadata.generation ~= nil and status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "the operator has not seen the latest change yet" }
end
local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end
local stalled, ready, reconciling = conditions.Stalled, conditions.Ready, conditions.Reconciling
if stalled ~= nil and stalled.status == "True" then
  return { status = "Degraded", message = stalled.reason .. ": " .. stalled.message }
end
if obj.spec ~= nil and (obj.spec.suspend == true or obj.spec.paused == true) then
  return { status = "Suspended", message = ready ~= nil and ready.message or "suspended by its spec" }
end
if ready == nil then
  return { status = "Progressing", message = "no condition Ready yet" }
end
if ready.status == "True" then
  return { status = "Healthy", message = ready.message }
end
if ready.reason == "Suspended" then
  return { status = "Suspended", message = ready.message }
end
-- Nothing is left of it, as the chain wants it.
if ready.reason == "Released" then
  return { status = "Healthy", message = ready.message }
end
if reconciling ~= nil and reconciling.status == "True" then
  return { status = "Progressing", message = ready.reason .. ": " .. ready.message }
end
return { status = "Degraded", message = ready.reason .. ": " .. ready.message }
