import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { findBinaries } from '../../dev/binaries.ts';
import { ControlPlane } from '../../dev/control-plane.ts';

/**
 * One cluster for all files of a run: the one of KUBECONFIG, or an embedded control plane. Afterwards it has our CRDs,
 * and KUBECONFIG and PATH are set for the processes that tests start.
 */
export async function setup(): Promise<() => Promise<void>> {
  process.env['PATH'] = `${process.env['DINFRA_BIN'] ?? ''}${delimiter}${process.env['PATH'] ?? ''}`;
  const given = process.env['KUBECONFIG'];
  if (given !== undefined && given !== '') {
    await installResources();
    return async () => undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'dinfra-test-'));
  const plane = await ControlPlane.start(folder, findBinaries());
  process.env['KUBECONFIG'] = plane.kubeconfig;
  await installResources();
  return async () => {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function installResources(): Promise<void> {
  const crds = new URL('../../crds', import.meta.url).pathname;
  await execa('kubectl', ['apply', '--server-side', '--force-conflicts', '-f', crds]);
  await execa('kubectl', ['wait', '--for=condition=Established', '--timeout=60s', '-f', crds]);
}
