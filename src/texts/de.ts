import type { Texts } from './texts';

export const de: Texts = {
  self: 'Deutsch',
  version: 'de-1',
  keywords: {
    stop: [
      'stopp',
      'stoppen',
      'abmelden',
      'abbestellen',
      'ende',
      'kundigen',
      'kuendigen',
      'abbrechen',
      'austragen',
    ],
    start: ['starten', 'anmelden', 'ja', 'abonnieren', 'beginnen', 'weiter'],
    help: ['hilfe', 'hilf'],
  },
  anyChannel: 'auf allen Wegen',
  everything: 'alles außer Ihren eigenen Bestellungen und Terminen',
  mail: {
    because: {
      order: 'Sie erhalten diese E-Mail, weil Sie bei uns bestellt haben.',
      appointment: 'Sie erhalten diese E-Mail, weil Sie einen Termin bei uns haben.',
      request:
        'Sie erhalten diese E-Mail, weil jemand diese Adresse auf unserer Seite eingetragen hat.',
      marketing: 'Sie erhalten diese E-Mail, weil Sie uns darum gebeten haben.',
    },
    unsubscribe: 'Abmelden',
    choose: 'Auswählen, was Sie erhalten',
    stop: 'Abmelden: STOP antworten.',
  },
  mails: {
    greeting: 'Guten Tag',
    confirm: {
      subject: 'Bitte bestätigen Sie: Waren Sie das?',
      preview: 'Ein Klick, und wir schreiben Ihnen. Kein Klick, und wir tun es nicht.',
      heading: 'Waren Sie das?',
      text: 'Jemand, hoffentlich Sie, hat sich mit dieser Adresse für {{ props.topic }} angemeldet. Bitte bestätigen Sie die Anmeldung.',
      button: 'Ja, das war ich',
      note: 'Wenn Sie es nicht waren, ist nichts zu tun. Ohne Ihren Klick schreiben wir nicht.',
    },
    link: {
      subject: 'Ihr Link',
      preview: 'Wählen Sie, was Sie von uns erhalten.',
      heading: 'Hier ist Ihr neuer Link',
      text: 'Damit wählen Sie, was Sie von uns erhalten, wie und wann. Er gilt 90 Tage; behalten Sie ihn für sich.',
      button: 'Auswählen, was Sie erhalten',
      note: 'Wenn Sie nicht darum gebeten haben, ist nichts zu tun.',
    },
    welcome: {
      subject: 'Sie sind angemeldet',
      preview: 'Danke für Ihre Bestätigung.',
      heading: 'Sie sind angemeldet',
      text: 'Danke für Ihre Bestätigung. Von nun an erhalten Sie von uns {{ props.topic }}. Mit einem Klick melden Sie sich jederzeit wieder ab.',
      button: 'Auswählen, was Sie erhalten',
    },
  },
  replies: {
    stopped: (brand) =>
      `${brand}: Sie sind abgemeldet und erhalten keine dieser Nachrichten mehr. Mit START kommen Sie zurück, mit HILFE erhalten Sie Hilfe.`,
    started: (brand) => `${brand}: Schön, dass Sie wieder dabei sind. Mit STOP melden Sie sich ab.`,
    confirmed: (brand) =>
      `${brand}: Danke, Ihre Anmeldung ist bestätigt. Mit STOP melden Sie sich ab.`,
    nothingToStart: (brand) =>
      `${brand}: Wir haben keine Anmeldung von Ihnen, die wir wieder aufnehmen können. Bitte melden Sie sich neu an.`,
    help: (brand) =>
      `${brand}: Sie erhalten, wofür Sie sich angemeldet haben. Mit STOP melden Sie sich ab, mit START kommen Sie zurück.`,
  },
  unsubscribe: {
    ask: (topic, by) => ({
      title: 'Abmelden?',
      text: `Sie erhalten dann ${by} keine Nachrichten mehr zum Thema ${topic}.`,
    }),
    button: 'Abmelden',
    nothingYet:
      'Noch hat sich nichts geändert. Nachrichten zu Ihren eigenen Bestellungen und Terminen erhalten Sie weiterhin.',
    done: (topic, by) => ({
      title: 'Sie sind abgemeldet',
      text: `Sie erhalten ${by} keine Nachrichten mehr zum Thema ${topic}. Sie können diese Seite schließen.`,
    }),
    others: 'Auswählen, was Sie sonst erhalten',
  },
  confirm: {
    ask: (topic, by) => ({
      title: 'Anmeldung bestätigen?',
      text: `Sie erhalten dann ${by} Nachrichten zum Thema ${topic}. Abmelden können Sie sich jederzeit.`,
    }),
    button: 'Ja, anmelden',
    nothingYet:
      'Noch hat sich nichts geändert. Wenn Sie nicht darum gebeten haben, schließen Sie diese Seite.',
    done: (topic, by) => ({
      title: 'Sie sind angemeldet',
      text: `Danke. Sie erhalten ${by} Nachrichten zum Thema ${topic}.`,
    }),
    used: {
      title: 'Dieser Link wurde schon benutzt',
      text: 'Der Link hat einmal eine Anmeldung bestätigt und tut es nicht noch einmal; es ist nichts geschehen. Wenn Sie die Nachrichten möchten, melden Sie sich bitte neu an.',
    },
    lapsed: {
      title: 'Das kam zu spät',
      text: 'Die Anmeldung wurde nicht rechtzeitig bestätigt und ist verfallen; es ist nichts geschehen. Wenn Sie die Nachrichten möchten, melden Sie sich bitte neu an.',
    },
  },
  broken: {
    forged: {
      title: 'Dieser Link funktioniert nicht',
      text: 'Der Link ist unvollständig oder wurde unterwegs verändert; es ist nichts geschehen. Öffnen Sie ihn noch einmal ganz aus der Nachricht.',
    },
    expired: {
      title: 'Dieser Link ist abgelaufen',
      text: 'Der Link ist zu alt; es ist nichts geschehen. Benutzen Sie den Link in einer neueren Nachricht, oder lassen Sie sich einen neuen schicken.',
    },
    gone: {
      title: 'Hier ist nichts mehr',
      text: 'Wir haben nichts mehr über die Person, für die dieser Link war.',
    },
    unreadable: {
      title: 'Das hat nicht geklappt',
      text: 'Die Anfrage war nicht lesbar; es hat sich nichts geändert. Öffnen Sie den Link in der Nachricht noch einmal.',
    },
    ours: {
      title: 'Das hat nicht geklappt',
      text: 'Es hat sich nichts geändert, und es liegt an uns. Versuchen Sie es in einer Minute noch einmal.',
    },
    nothingDone:
      'Es hat sich nichts geändert: Die Anfrage sagt nicht, was sie möchte. Benutzen Sie die Schaltfläche.',
  },
  renew: {
    title: 'Neuen Link erhalten',
    text: 'Nennen Sie uns Ihre E-Mail-Adresse. Wenn wir sie kennen, schicken wir einen neuen Link dorthin.',
    label: 'E-Mail-Adresse',
    button: 'Link schicken',
    wrong: 'Das ist keine E-Mail-Adresse. Schreiben Sie eine wie name@example.org.',
    tooMany: {
      title: 'Bitte warten Sie ein wenig',
      text: 'Es wurden zu viele Links angefordert. Versuchen Sie es in einer Stunde noch einmal.',
    },
    done: {
      title: 'Sehen Sie in Ihr Postfach',
      text: 'Wenn wir diese Adresse kennen, ist eine E-Mail mit einem neuen Link unterwegs. Das kann einige Minuten dauern.',
    },
    instead: 'Benutzen Sie den Link in einer neueren Nachricht, oder antworten Sie auf eine.',
  },
  centre: {
    title: 'Ihre Nachrichten von uns',
    intro: (address) =>
      address === undefined
        ? 'Wählen Sie, was Sie erhalten, wie und wann.'
        : `Wählen Sie, was Sie erhalten, wie und wann. Das gilt für ${address}.`,
    languages: 'Sprache',
    topics: 'Was möchten Sie lesen?',
    noTopics: 'Es gibt keine Themen zur Auswahl.',
    channels: 'Wie dürfen wir Sie erreichen?',
    often: 'Wie oft?',
    atMost: 'Höchstens',
    noLimit: 'So viele, wie es gibt',
    perWeek: (count) =>
      count === 1 ? '1 Nachricht in der Woche' : `${count} Nachrichten in der Woche`,
    digest: 'Einzeln oder gesammelt',
    digests: {
      off: 'Jede, wenn sie kommt',
      daily: 'Gesammelt, einmal am Tag',
      weekly: 'Gesammelt, montags',
    },
    digestHint:
      'Gesammelt heißt: Wir behalten Nachrichten bis zu Ihrer Tageszeit und schicken sie dann.',
    when: 'Wann?',
    bestTime: 'Beste Tageszeit',
    anyTime: 'Jederzeit',
    bestTimes: {
      morning: 'Am Vormittag (8 bis 12 Uhr)',
      afternoon: 'Am Nachmittag (12 bis 17 Uhr)',
      evening: 'Am Abend (17 bis 21 Uhr)',
    },
    quiet: 'Ruhezeit',
    quietHint: 'Zwischen diesen Zeiten kommt nichts. Lassen Sie beide leer für keine eigene.',
    from: 'Von',
    to: 'Bis',
    save: 'Speichern',
    saved: 'Ihre Auswahl ist gespeichert.',
    unchanged: 'Sie haben nichts geändert; alles bleibt, wie es war.',
    pause: 'Pause machen',
    pauseText:
      '30 Tage lang kommt nichts außer Nachrichten zu Ihren eigenen Bestellungen und Terminen.',
    pauseButton: '30 Tage Pause',
    pausedUntil: (date) => `Sie machen Pause bis ${date}.`,
    resumeButton: 'Pause beenden',
    paused: (date) => `Erledigt: Sie machen Pause bis ${date}.`,
    resumed: 'Erledigt: Die Pause ist vorbei.',
    all: 'Ganz abmelden',
    allText:
      'Sie erhalten von uns nur noch Nachrichten zu Ihren eigenen Bestellungen und Terminen.',
    allButton: 'Von allem abmelden',
    allDone: 'Sie sind von allem abgemeldet.',
    data: 'Ihre Daten',
    dataText:
      'Sie können eine Kopie von allem erhalten, was wir über Sie wissen, oder es löschen lassen.',
    exportButton: 'Meine Daten mitnehmen',
    eraseButton: 'Mich löschen',
    eraseAsk: {
      title: 'Alles über Sie löschen?',
      text: 'Ihr Profil, Ihre Nachrichten und Ihre Auswahl werden gelöscht. Das lässt sich nicht rückgängig machen.',
    },
    eraseYes: 'Ja, alles löschen',
    eraseNo: 'Nein, zurück',
    eraseDone: 'Ihre Anfrage ist notiert. Wir löschen, was wir über Sie wissen.',
    why: 'Warum habe ich diese Nachricht erhalten?',
    transactional:
      'Nachrichten zu Ihren eigenen Bestellungen und Terminen erhalten Sie in jedem Fall.',
    back: 'Zurück zu Ihrer Auswahl',
    errors: {
      summary: 'Es ist noch nichts gespeichert. Bitte sehen Sie sich das noch einmal an:',
      quiet:
        'Eine Ruhezeit braucht einen Anfang und ein Ende, die verschieden sind, etwa 21:00 und 08:00.',
      channel: 'Wählen Sie mindestens einen Weg, auf dem wir Sie erreichen, oder kein Thema.',
      choice: 'Eine Ihrer Angaben steht nicht zur Auswahl. Bitte wählen Sie neu.',
      stale:
        'Diese Seite war zu lange offen; es hat sich nichts geändert. Bitte wählen Sie noch einmal.',
    },
  },
  why: {
    title: 'Warum Sie diese Nachricht erhalten haben',
    gone: 'Wir haben keine Aufzeichnung über diese Nachricht mehr.',
    what: (subject, by, date) =>
      subject === undefined
        ? `Die Nachricht wurde ${by} am ${date} geschickt.`
        : `Die Nachricht „${subject}“ wurde ${by} am ${date} geschickt.`,
    waits: (by) => `Die Nachricht ist ${by} auf dem Weg zu Ihnen.`,
    consent: (topic, by, date, source) =>
      `Sie sind seit ${date} ${by} für das Thema ${topic} angemeldet (${source}).`,
    transactional:
      'Es geht um etwas Eigenes, etwa eine Bestellung oder einen Termin. Dafür ist keine Anmeldung nötig.',
    event: (name, date) => `Der Anlass war: ${name}, am ${date}.`,
    waited: (date) => `Sie hat bis ${date} gewartet, um nicht zur falschen Zeit zu kommen.`,
    count: (count) =>
      count === 0
        ? 'In der Woche davor hatten Sie keine andere Nachricht dieser Art.'
        : `In der Woche davor hatten Sie ${count === 1 ? 'eine andere Nachricht' : `${count} andere Nachrichten`} dieser Art.`,
    sources: {
      'double-opt-in': 'von Ihnen durch den Link in einer E-Mail bestätigt',
      'preference-centre': 'von Ihnen auf der Seite mit Ihrer Auswahl gewählt',
      keyword: 'Sie haben mit START geantwortet',
      import: 'aus früheren Aufzeichnungen übernommen',
      api: 'von unserem Shop gemeldet',
    },
    unknownSource: 'von unserem Shop gemeldet',
    change: 'Ändern, was Sie erhalten',
  },
};
