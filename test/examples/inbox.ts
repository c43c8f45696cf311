/** What a page shows of the messages that the example has sent, or would have. */

import { setTimeout as pause } from 'node:timers/promises';
import { visitorOf } from './visitor.ts';

/** One message on the page. */
interface InboxMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Where its link leads, as the path of a page. */
  readonly link: string | undefined;
}

export interface Inbox {
  /** The messages, newest first. */
  mails(): Promise<readonly InboxMail[]>;
  /** The next message to this address, whose subject ends so: messages go out after the answer. */
  next(to: string, subject: string): Promise<InboxMail>;
  /** The link in it. */
  link(to: string, subject: string): Promise<string>;
}

export function inboxOf(url: string): Inbox {
  const reader = visitorOf(url);
  let taken = 0;
  const inbox: Inbox = {
    mails: async () => mailsOn((await reader.get('/inbox')).body, url),
    next: async (to, subject) => {
      for (let attempt = 0; attempt < 200; attempt += 1) {
        const mails = await inbox.mails();
        const index = mails.findLastIndex(
          (mail, place) =>
            place < mails.length - taken && mail.to === to && mail.subject.endsWith(`: ${subject}`),
        );
        if (index !== -1) {
          taken = mails.length - index;
          return mails[index] as InboxMail;
        }
        await pause(25);
      }
      throw new Error(`no message '${subject}' to ${to} came`);
    },
    link: async (to, subject) => {
      const { link } = await inbox.next(to, subject);
      if (link === undefined) throw new Error(`'${subject}' has no link`);
      return link;
    },
  };
  return inbox;
}

function mailsOn(page: string, url: string): readonly InboxMail[] {
  return [...page.matchAll(/<article[\s\S]*?<\/article>/g)].map(([article]) => {
    const part = (pattern: RegExp): string => unescaped(article.match(pattern)?.[1] ?? '');
    const link = part(/<a href="([^"]*)"/);
    return {
      to: part(/To ([^,]*),/),
      subject: part(/<h2>([^<]*)</),
      text: part(/<pre>([^<]*)</),
      link: link === '' ? undefined : link.slice(url.length),
    };
  });
}

function unescaped(html: string): string {
  return html
    .replaceAll('&#39;', "'")
    .replaceAll('&#34;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
