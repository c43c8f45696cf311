/** A line that is typed on a terminal in raw mode, where the program itself has to know the keys. */

const key = {
  ctrlC: 0x03,
  ctrlD: 0x04,
  ctrlH: 0x08,
  newline: 0x0a,
  enter: 0x0d,
  ctrlU: 0x15,
  space: 0x20,
  backspace: 0x7f,
} as const;

/** Collects the bytes of a line, key by key. */
export class TypedLine {
  private typed: number[] = [];
  private strayKey = false;

  /** Takes one byte; says when the line has ended, and how. */
  press(byte: number): 'ended' | 'interrupted' | undefined {
    if (byte === key.ctrlC) return 'interrupted';
    if (byte === key.enter || byte === key.newline || byte === key.ctrlD) return 'ended';
    if (byte === key.backspace || byte === key.ctrlH) this.dropCharacter();
    else if (byte === key.ctrlU) this.clear();
    else if (byte < key.space) this.strayKey = true;
    else this.typed.push(byte);
    return undefined;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.typed);
  }

  /** Whether a key was pressed that is no character, like an arrow: it leaves bytes that nobody sees or meant. */
  get hasStrayKey(): boolean {
    return this.strayKey;
  }

  /** A character of UTF-8: its first byte, and those that continue it. */
  private dropCharacter(): void {
    while (isContinuation(this.typed.at(-1))) this.typed.pop();
    this.typed.pop();
  }

  private clear(): void {
    this.typed = [];
    this.strayKey = false;
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}
