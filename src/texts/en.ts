import type { Texts } from './texts';

export const en: Texts = {
  self: 'English',
  version: 'en-1',
  keywords: {
    stop: [
      'unsubscribe',
      'cancel',
      'end',
      'quit',
      'opt out',
      'optout',
      'opt-out',
      'revoke',
      'remove me',
    ],
    start: ['unstop', 'yes', 'subscribe', 'resume', 'opt in', 'optin', 'opt-in'],
    help: ['help'],
  },
  anyChannel: 'on any channel',
  everything: 'anything but your own orders and appointments',
  mail: {
    because: {
      order: 'You get this mail because you ordered from us.',
      appointment: 'You get this mail because you have an appointment with us.',
      request: 'You get this mail because somebody entered this address on our site.',
      marketing: 'You get this mail because you asked us to write.',
    },
    unsubscribe: 'Unsubscribe',
    choose: 'Choose what you get',
    stop: 'To end: reply STOP.',
  },
  mails: {
    greeting: 'Hello',
    confirm: {
      subject: 'Please confirm: was this you?',
      preview: 'One click, and we write. No click, and we do not.',
      heading: 'Was this you?',
      text: 'Somebody, hopefully you, asked for our {{ props.topic }} at this address. Please confirm it.',
      button: 'Yes, that was me',
      note: 'If it was not you, do nothing. Without your click we will not write.',
    },
    link: {
      subject: 'Your link',
      preview: 'Choose what you get from us.',
      heading: 'Here is your new link',
      text: 'With it you choose what you get from us, how and when. It works for 90 days; keep it to yourself.',
      button: 'Choose what you get',
      note: 'If you did not ask for it, do nothing.',
    },
    welcome: {
      subject: 'You are on the list',
      preview: 'Thank you for confirming.',
      heading: 'You are on the list',
      text: 'Thank you for confirming. From now on you get our {{ props.topic }}. You can unsubscribe at any time with one click.',
      button: 'Choose what you get',
    },
  },
  replies: {
    stopped: (brand) =>
      `${brand}: you are unsubscribed and get no more of these messages. Reply START to come back, HELP for help.`,
    started: (brand) => `${brand}: welcome back, you are subscribed again. Reply STOP to end.`,
    confirmed: (brand) => `${brand}: thank you, your subscription is confirmed. Reply STOP to end.`,
    nothingToStart: (brand) =>
      `${brand}: there is no subscription of yours to take up again. Please sign up anew.`,
    help: (brand) =>
      `${brand}: you get what you subscribed to. Reply STOP to end, START to come back.`,
  },
  unsubscribe: {
    ask: (topic, by) => ({
      title: 'Unsubscribe?',
      text: `You will get no more messages about ${topic} ${by}.`,
    }),
    button: 'Unsubscribe',
    nothingYet:
      'Nothing has changed yet. Messages about your own orders and appointments still reach you.',
    done: (topic, by) => ({
      title: 'You are unsubscribed',
      text: `You get no more messages about ${topic} ${by}. You may close this page.`,
    }),
    others: 'Choose what else you get',
  },
  confirm: {
    ask: (topic, by) => ({
      title: 'Confirm your subscription?',
      text: `You will get messages about ${topic} ${by}. You can unsubscribe at any time.`,
    }),
    button: 'Yes, subscribe me',
    nothingYet: 'Nothing has changed yet. If you did not ask for this, close this page.',
    done: (topic, by) => ({
      title: 'You are subscribed',
      text: `Thank you. You get messages about ${topic} ${by}.`,
    }),
    used: {
      title: 'This link has been used',
      text: 'The link has already confirmed a subscription and works only once, so nothing was done. If you want the messages, please sign up again.',
    },
    lapsed: {
      title: 'This came too late',
      text: 'The subscription was not confirmed in time and no longer counts, so nothing was done. If you want the messages, please sign up again.',
    },
  },
  broken: {
    forged: {
      title: 'This link does not work',
      text: 'The link is incomplete or was changed on its way, so nothing was done. Open it again from the message, in full.',
    },
    expired: {
      title: 'This link has expired',
      text: 'The link is too old, so nothing was done. Use the link in a newer message, or have a new one sent.',
    },
    gone: {
      title: 'There is nothing here any more',
      text: 'We no longer have any data about the person whom this link was for.',
    },
    unreadable: {
      title: 'This did not work',
      text: 'The request could not be read, so nothing was changed. Open the link in the message again.',
    },
    ours: {
      title: 'This did not work',
      text: 'Nothing was changed, and it is our fault. Try again in a minute.',
    },
    nothingDone: 'Nothing was changed: the request did not say what to do. Please use the button.',
  },
  renew: {
    title: 'Get a new link',
    text: 'Tell us your e-mail address, and we send a new link there if we know it.',
    label: 'E-mail address',
    button: 'Send me a link',
    wrong: 'This is not an e-mail address. Enter one such as name@example.org.',
    tooMany: {
      title: 'Please wait a little',
      text: 'Too many links were requested. Try again in an hour.',
    },
    done: {
      title: 'Look into your mailbox',
      text: 'If we know this address, a mail with a new link is on its way. It may take a few minutes.',
    },
    instead: 'Use the link in a newer message, or reply to one.',
  },
  centre: {
    title: 'Your messages from us',
    intro: (address) =>
      address === undefined
        ? 'Choose what you get, how and when.'
        : `Choose what you get, how and when. This is for ${address}.`,
    languages: 'Language',
    topics: 'What would you like to read?',
    noTopics: 'There are no topics to choose from.',
    channels: 'How may we reach you?',
    often: 'How often?',
    atMost: 'At most',
    noLimit: 'As many as there are',
    perWeek: (count) => (count === 1 ? '1 message a week' : `${count} messages a week`),
    digest: 'One by one or together',
    digests: {
      off: 'Each message separately',
      daily: 'Together, once a day',
      weekly: 'Together, on Mondays',
    },
    digestHint: 'Together means: we keep messages until your time of the day and send them then.',
    when: 'When?',
    bestTime: 'Best time of the day',
    anyTime: 'Any time',
    bestTimes: {
      morning: 'In the morning (8 to 12)',
      afternoon: 'In the afternoon (12 to 17)',
      evening: 'In the evening (17 to 21)',
    },
    quiet: 'Quiet hours',
    quietHint: 'Nothing comes between these times. Leave both empty for none of your own.',
    from: 'From',
    to: 'To',
    save: 'Save',
    saved: 'Your choices are saved.',
    unchanged: 'You changed nothing, so everything stays as it was.',
    pause: 'Take a break',
    pauseText: 'For 30 days you only get messages about your own orders and appointments.',
    pauseButton: 'Pause for 30 days',
    pausedUntil: (date) => `You are taking a break until ${date}.`,
    resumeButton: 'End the break',
    paused: (date) => `Done: you are taking a break until ${date}.`,
    resumed: 'Done: the break is over.',
    all: 'Leave altogether',
    allText: 'From then on you only get messages about your own orders and appointments.',
    allButton: 'Unsubscribe from everything',
    allDone: 'You are unsubscribed from everything.',
    data: 'Your data',
    dataText: 'You can have a copy of everything that we know about you, or have it deleted.',
    exportButton: 'Take my data',
    eraseButton: 'Delete me',
    eraseAsk: {
      title: 'Delete everything about you?',
      text: 'Your profile, your messages and your choices are deleted. This cannot be undone.',
    },
    eraseYes: 'Yes, delete everything',
    eraseNo: 'No, go back',
    eraseDone: 'We have received your request. We will delete what we know about you.',
    why: 'Why did I get this message?',
    transactional: 'Messages about your own orders and appointments reach you in any case.',
    back: 'Back to your choices',
    errors: {
      summary: 'Nothing is saved yet. Please look at this again:',
      quiet: 'Quiet hours need a start and an end that differ, such as 21:00 and 08:00.',
      channel: 'Choose at least one way for us to reach you, or no topic.',
      choice: 'One of your choices is not among those offered. Choose again.',
      stale: 'This page was open for too long, so nothing was changed. Please choose again.',
    },
  },
  why: {
    title: 'Why you got this message',
    gone: 'We do not keep a record of this message any more.',
    what: (subject, by, date) =>
      subject === undefined
        ? `The message was sent ${by} on ${date}.`
        : `The message “${subject}” was sent ${by} on ${date}.`,
    waits: (by) => `The message is on its way to you ${by}.`,
    consent: (topic, by, date, source) =>
      `You have been subscribed to ${topic} ${by} since ${date} (${source}).`,
    transactional:
      'It is about something of your own, such as an order or an appointment. Such messages need no subscription.',
    event: (name, date) => `It was about this: ${name}, on ${date}.`,
    waited: (date) =>
      `It waited until ${date}, so that it did not arrive at a time that does not suit you.`,
    count: (count) =>
      count === 0
        ? 'In the week before you had no other message of this kind.'
        : `In the week before you had ${count === 1 ? '1 other message' : `${count} other messages`} of this kind.`,
    sources: {
      'double-opt-in': 'you confirmed it by the link in a mail',
      'preference-centre': 'you chose it on the page with your choices',
      keyword: 'you replied START',
      import: 'taken over from earlier records',
      api: 'reported by our shop',
    },
    unknownSource: 'reported by our shop',
    change: 'Change what you get',
  },
};
