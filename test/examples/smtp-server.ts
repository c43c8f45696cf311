/** A mail server that takes everything and keeps it. */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A mail as it was sent. */
export interface SentMail {
  /** Of the envelope: to whom it really goes. */
  readonly recipients: readonly string[];
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

export interface SmtpServer {
  readonly url: string;
  /** The next mail. */
  next(): Promise<SentMail>;
  close(): void;
}

export async function smtpServer(): Promise<SmtpServer> {
  const mails: SentMail[] = [];
  const waiting: ((mail: SentMail) => void)[] = [];
  const server = createServer((socket) => {
    serve(socket, (mail) => {
      const taker = waiting.shift();
      if (taker === undefined) mails.push(mail);
      else taker(mail);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: () => {
      const mail = mails.shift();
      return mail === undefined
        ? new Promise((resolve) => {
            waiting.push(resolve);
          })
        : Promise.resolve(mail);
    },
    close: () => server.close(),
  };
}

/** RFC 5321, as little of it as a client needs. */
function serve(socket: Socket, take: (mail: SentMail) => void): void {
  const say = (line: string): boolean => socket.write(`${line}\r\n`);
  let recipients: string[] = [];
  let message: string[] | undefined;
  say('220 here');
  socket.on('error', () => undefined);
  createInterface({ input: socket }).on('line', (line) => {
    if (message === undefined) {
      const recipient = line.match(/^RCPT TO:<(.*?)>/i)?.[1];
      if (recipient !== undefined) recipients.push(recipient);
      if (/^DATA/i.test(line)) {
        message = [];
        say('354 go on');
      } else if (/^QUIT/i.test(line)) {
        say('221 bye');
        socket.end();
      } else say('250 fine');
    } else if (line === '.') {
      take(read(recipients, message));
      recipients = [];
      message = undefined;
      say('250 taken');
    } else message.push(line.replace(/^\./, ''));
  });
}

function read(recipients: readonly string[], lines: readonly string[]): SentMail {
  const end = lines.indexOf('');
  const unfolded = lines
    .slice(0, end)
    .join('\n')
    .replace(/\n[ \t]/g, ' ')
    .split('\n');
  const headers = new Map(
    unfolded.map((line) => {
      const [name = '', ...value] = line.split(': ');
      return [name.toLowerCase(), value.join(': ')] as const;
    }),
  );
  const body = lines.slice(end + 1).join('\n');
  const isQuoted = headers.get('content-transfer-encoding') === 'quoted-printable';
  return { recipients, headers, text: isQuoted ? unquoted(body) : body };
}

function unquoted(body: string): string {
  const bytes = body
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
