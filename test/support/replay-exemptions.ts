/** Recordings whose answers may differ in the simulator, by number, with the reason. */
export const replayExemptions: ReadonlyMap<number, string> = new Map(
  Object.entries({
    'what was there had been changed outside the recording': [
      333, 334, 335, 346, 431, 432, 586, 914, 994, 995, 1016, 1017, 1018, 1184, 1211, 1218, 1225, 1280, 1290, 1303,
      1316, 1318, 1321, 1329,
    ],
    'polled within the second in which the state changed': [179, 276, 288, 1219, 1220, 1223, 1224],
    'the database number is another one': [434],
    'the text names the internals of a hypervisor that failed': [189, 318, 543, 1311],
    'configuration entries are shown without their description': [257, 338, 345],
    'of what only administrators use (capacity, statistics, offerings to change to) the simulator has less': [
      383, 783, 1185, 1201,
    ],
    'commands that are not simulated are missing from the list': [1205],
    'load balancers are not simulated': [750],
    'listing for another account is not simulated': [1210],
    'limits are listed in the order of their numbers': [1179, 1317],
    'a volume that was destroyed before it was expunged is shown as it was in between': [935],
    'the result has a choice of fields of its own': [950, 954],
  }).flatMap(([reason, numbers]) => numbers.map((number) => [number, reason] as const)),
);
