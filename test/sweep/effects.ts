/** When the operator is killed at an effect: before it is sent, after its reply has arrived, or with the reply lost. */
export const moments = ['before', 'after', 'lost'] as const;
export type Moment = (typeof moments)[number];

/** One crash point of a scenario. */
export interface CrashPoint {
  /** Number of the effect, from 1. */
  readonly effect: number;
  readonly moment: Moment;
}

/**
 * Numbers the effects of an operator on the outside world, in the order of its requests, and kills the operator at one
 * of them. All gates of one operator share an instance.
 */
export class Effects {
  private readonly names: string[] = [];
  private point: CrashPoint | undefined;
  private kill: () => Promise<void> = async () => undefined;
  private hitName: string | undefined;

  /** The effects so far, in order. */
  get seen(): readonly string[] {
    return this.names;
  }

  /** The effect at which the operator was killed; undefined before that. */
  get hit(): string | undefined {
    return this.hitName;
  }

  /** @param kill kills the operator and returns when it has ended. */
  armAt(point: CrashPoint, kill: () => Promise<void>): void {
    this.point = point;
    this.kill = kill;
  }

  /**
   * Handles one effect: `forward` sends it and returns its reply, `deliver` returns the reply to the operator. At the
   * crash point one or both of them do not happen.
   */
  async carry<T>(name: string, forward: () => Promise<T>, deliver: (reply: T) => Promise<void>): Promise<void> {
    const number = this.names.push(name);
    const moment = this.point?.effect === number ? this.point.moment : undefined;
    if (moment === 'before') return this.killAt(name);
    const reply = await forward();
    if (moment === 'lost') return this.killAt(name);
    await deliver(reply);
    if (moment === 'after') await this.killAt(name);
  }

  private async killAt(name: string): Promise<void> {
    this.hitName = name;
    await this.kill();
  }
}
