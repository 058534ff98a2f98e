/** The folder in the VM. Its name is the name of the compose project, unless the file has one. */
const FOLDER = '/opt/dinfra';
const UNIT = 'dinfra-compose.service';

/**
 * The cloud-config that makes a new VM run a compose file: the file, a unit that starts it at every boot, and a script
 * with which that unit installs Docker. cloud-init itself installs nothing, because it tries only once, and the network
 * may be opened only after the VM has booted.
 *
 * @param compose text of the file, which is written unchanged.
 */
export function cloudConfigOf(compose: string): string {
  const config = {
    // write_files runs once in the life of a VM, bootcmd at every boot: the order may have been updated.
    bootcmd: [['sh', '-c', writeCompose, 'sh', compose]],
    write_files: [
      { path: `${FOLDER}/install-docker`, permissions: '0755', content: installDocker },
      { path: `/etc/systemd/system/${UNIT}`, permissions: '0644', content: unit },
    ],
    runcmd: [
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', UNIT],
      ['systemctl', 'start', '--no-block', UNIT],
    ],
  };
  return `#cloud-config\n${asYaml(config)}\n`;
}

/**
 * JSON is valid YAML and avoids its quoting rules. But these characters are line breaks in the YAML version that
 * cloud-init reads, and would be folded.
 */
function asYaml(config: object): string {
  return JSON.stringify(config, null, 1).replace(
    /[\x85\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const writeCompose = `umask 077 && mkdir -p ${FOLDER} && printf %s "$1" >${FOLDER}/compose.yaml`;

const unit = `[Unit]
Description=The compose file of this machine's subscription
Wants=network-online.target
After=network-online.target docker.service
StartLimitIntervalSec=0

[Service]
Type=oneshot
RemainAfterExit=yes
WorkingDirectory=${FOLDER}
ExecStartPre=${FOLDER}/install-docker
ExecStart=/usr/bin/docker compose --file ${FOLDER}/compose.yaml up --detach --remove-orphans
ExecStop=/usr/bin/docker compose --file ${FOLDER}/compose.yaml stop
Restart=on-failure
RestartSec=15

[Install]
WantedBy=multi-user.target
`;

/** Ubuntu packages Compose with its docker.io; other distributions use Docker's repository, as in its manual. */
const installDocker = `#!/bin/sh
# Sees to it that Docker with Compose is installed and runs. Called whenever the compose file is brought up.
set -eu
if docker compose version >/dev/null 2>&1; then
  systemctl start docker
  exit 0
fi
. /etc/os-release
from=https://download.docker.com/linux
if command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt() { apt-get -o DPkg::Lock::Timeout=600 "$@"; }
  apt update
  if ! apt install -y docker.io docker-compose-v2; then
    apt install -y ca-certificates curl
    install -d -m 0755 /etc/apt/keyrings
    curl -fsSL "$from/$ID/gpg" -o /etc/apt/keyrings/docker.asc
    echo "deb [arch=$(dpkg --print-architecture) signed-by=/etc/apt/keyrings/docker.asc] $from/$ID $VERSION_CODENAME stable" \\
      >/etc/apt/sources.list.d/docker.list
    apt update
    apt install -y docker-ce docker-ce-cli containerd.io docker-compose-plugin
  fi
elif command -v dnf >/dev/null; then
  case $ID in fedora | rhel) ;; *) ID=centos ;; esac
  curl -fsSL "$from/$ID/docker-ce.repo" -o /etc/yum.repos.d/docker-ce.repo
  dnf install -y docker-ce docker-ce-cli containerd.io docker-compose-plugin
else
  echo "this image has neither apt-get nor dnf: use one with Docker and Compose in it" >&2
  exit 1
fi
systemctl enable --now docker
`;
