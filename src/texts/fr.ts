import type { Texts } from './texts';

export const fr: Texts = {
  self: 'Français',
  version: 'fr-1',
  keywords: {
    stop: [
      'arret',
      'arreter',
      'arretez',
      'desabonner',
      'desabonnement',
      'desinscrire',
      'desinscription',
      'resilier',
      'annuler',
      'fin',
    ],
    start: [
      'demarrer',
      'debut',
      'debuter',
      'commencer',
      'oui',
      'abonner',
      "s'abonner",
      'reprendre',
      'inscrire',
    ],
    help: ['aide', 'aider', 'aidez-moi'],
  },
  anyChannel: 'par tous les moyens',
  everything: 'tout sauf vos propres commandes et rendez-vous',
  mail: {
    because: {
      order: 'Vous recevez cet e-mail parce que vous avez commandé chez nous.',
      appointment: 'Vous recevez cet e-mail parce que vous avez un rendez-vous chez nous.',
      request: 'Vous recevez cet e-mail parce que quelqu’un a saisi cette adresse sur notre site.',
      marketing: 'Vous recevez cet e-mail parce que vous nous l’avez demandé.',
    },
    unsubscribe: 'Se désabonner',
    choose: 'Choisir ce que vous recevez',
    stop: 'Pour arrêter : répondez STOP.',
  },
  mails: {
    greeting: 'Bonjour',
    confirm: {
      subject: 'Confirmez, s’il vous plaît : était-ce vous ?',
      preview: 'Un clic, et nous vous écrivons. Sans clic, nous ne le faisons pas.',
      heading: 'Était-ce vous ?',
      text: 'Quelqu’un, vous sans doute, s’est inscrit à {{ props.topic }} avec cette adresse. Veuillez confirmer l’inscription.',
      button: 'Oui, c’était moi',
      note: 'Si ce n’était pas vous, il n’y a rien à faire. Sans votre clic, nous n’écrirons pas.',
    },
    link: {
      subject: 'Votre lien',
      preview: 'Choisissez ce que vous recevez de nous.',
      heading: 'Voici votre nouveau lien',
      text: 'Il vous permet de choisir ce que vous recevez, comment et quand. Il est valable 90 jours ; gardez-le pour vous.',
      button: 'Choisir ce que vous recevez',
      note: 'Si vous ne l’avez pas demandé, il n’y a rien à faire.',
    },
    welcome: {
      subject: 'Vous êtes inscrit',
      preview: 'Merci de votre confirmation.',
      heading: 'Vous êtes inscrit',
      text: 'Merci de votre confirmation. Vous recevrez désormais {{ props.topic }}. Vous pouvez vous désabonner à tout moment en un clic.',
      button: 'Choisir ce que vous recevez',
    },
  },
  replies: {
    stopped: (brand) =>
      `${brand} : vous êtes désabonné et ne recevrez plus ces messages. Répondez START pour revenir, AIDE pour de l’aide.`,
    started: (brand) => `${brand} : vous êtes de nouveau abonné. Répondez STOP pour arrêter.`,
    confirmed: (brand) =>
      `${brand} : merci, votre abonnement est confirmé. Répondez STOP pour arrêter.`,
    nothingToStart: (brand) =>
      `${brand} : nous n’avons aucun abonnement à reprendre. Veuillez vous inscrire de nouveau.`,
    help: (brand) =>
      `${brand} : vous recevez ce à quoi vous êtes abonné. Répondez STOP pour arrêter, START pour revenir.`,
  },
  unsubscribe: {
    ask: (topic, by) => ({
      title: 'Se désabonner ?',
      text: `Vous ne recevrez plus de messages ${by} sur ce thème : ${topic}.`,
    }),
    button: 'Se désabonner',
    nothingYet:
      'Rien n’a encore changé. Les messages sur vos propres commandes et rendez-vous vous parviennent toujours.',
    done: (topic, by) => ({
      title: 'Vous êtes désabonné',
      text: `Vous ne recevrez plus de messages ${by} sur ce thème : ${topic}. Vous pouvez fermer cette page.`,
    }),
    others: 'Choisir ce que vous recevez d’autre',
  },
  confirm: {
    ask: (topic, by) => ({
      title: 'Confirmer l’abonnement ?',
      text: `Vous recevrez des messages ${by} sur ce thème : ${topic}. Vous pourrez vous désabonner à tout moment.`,
    }),
    button: 'Oui, je m’abonne',
    nothingYet: 'Rien n’a encore changé. Si vous n’avez rien demandé, fermez cette page.',
    done: (topic, by) => ({
      title: 'Vous êtes abonné',
      text: `Merci. Vous recevez des messages ${by} sur ce thème : ${topic}.`,
    }),
    used: {
      title: 'Ce lien a déjà servi',
      text: 'Le lien a confirmé un abonnement une fois et ne le refera pas ; rien n’a été fait. Si vous voulez les messages, inscrivez-vous de nouveau.',
    },
    lapsed: {
      title: 'C’est trop tard',
      text: 'L’abonnement n’a pas été confirmé à temps et n’est plus valable ; rien n’a été fait. Si vous voulez les messages, inscrivez-vous de nouveau.',
    },
  },
  broken: {
    forged: {
      title: 'Ce lien ne fonctionne pas',
      text: 'Le lien est incomplet ou a été modifié en route ; rien n’a été fait. Ouvrez-le de nouveau en entier depuis le message.',
    },
    expired: {
      title: 'Ce lien a expiré',
      text: 'Le lien est trop ancien ; rien n’a été fait. Utilisez le lien d’un message plus récent ou demandez-en un nouveau.',
    },
    gone: {
      title: 'Il n’y a plus rien ici',
      text: 'Nous n’avons plus rien sur la personne à qui ce lien était destiné.',
    },
    unreadable: {
      title: 'Cela n’a pas marché',
      text: 'La demande n’a pas pu être lue ; rien n’a changé. Ouvrez de nouveau le lien du message.',
    },
    ours: {
      title: 'Cela n’a pas marché',
      text: 'Rien n’a changé, et c’est de notre faute. Réessayez dans une minute.',
    },
    nothingDone: 'Rien n’a changé : la demande ne dit pas ce qu’elle veut. Utilisez le bouton.',
  },
  renew: {
    title: 'Recevoir un nouveau lien',
    text: 'Indiquez votre adresse e-mail. Si nous la connaissons, nous y envoyons un nouveau lien.',
    label: 'Adresse e-mail',
    button: 'Envoyer le lien',
    wrong: 'Ce n’est pas une adresse e-mail. Écrivez-en une comme nom@example.org.',
    tooMany: {
      title: 'Veuillez patienter un peu',
      text: 'Trop de liens ont été demandés. Réessayez dans une heure.',
    },
    done: {
      title: 'Regardez dans votre boîte',
      text: 'Si nous connaissons cette adresse, un e-mail avec un nouveau lien est en route. Cela peut prendre quelques minutes.',
    },
    instead: 'Utilisez le lien d’un message plus récent, ou répondez à l’un d’eux.',
  },
  centre: {
    title: 'Vos messages de notre part',
    intro: (address) =>
      address === undefined
        ? 'Choisissez ce que vous recevez, comment et quand.'
        : `Choisissez ce que vous recevez, comment et quand. Ceci vaut pour ${address}.`,
    languages: 'Langue',
    topics: 'Que souhaitez-vous lire ?',
    noTopics: 'Il n’y a aucun thème à choisir.',
    channels: 'Comment pouvons-nous vous joindre ?',
    often: 'À quelle fréquence ?',
    atMost: 'Au maximum',
    noLimit: 'Autant qu’il y en a',
    perWeek: (count) => (count === 1 ? '1 message par semaine' : `${count} messages par semaine`),
    digest: 'Un à un ou ensemble',
    digests: {
      off: 'Chacun quand il arrive',
      daily: 'Ensemble, une fois par jour',
      weekly: 'Ensemble, le lundi',
    },
    digestHint:
      'Ensemble veut dire : nous gardons les messages jusqu’à votre moment de la journée, puis nous les envoyons.',
    when: 'Quand ?',
    bestTime: 'Meilleur moment de la journée',
    anyTime: 'À tout moment',
    bestTimes: {
      morning: 'Le matin (de 8 h à 12 h)',
      afternoon: 'L’après-midi (de 12 h à 17 h)',
      evening: 'Le soir (de 17 h à 21 h)',
    },
    quiet: 'Heures de calme',
    quietHint:
      'Rien n’arrive entre ces heures. Laissez les deux champs vides pour n’en avoir aucune.',
    from: 'De',
    to: 'À',
    save: 'Enregistrer',
    saved: 'Vos choix sont enregistrés.',
    unchanged: 'Vous n’avez rien changé ; tout reste comme avant.',
    pause: 'Faire une pause',
    pauseText:
      'Pendant 30 jours, rien n’arrive sauf les messages sur vos propres commandes et rendez-vous.',
    pauseButton: 'Pause de 30 jours',
    pausedUntil: (date) => `Vous faites une pause jusqu’au ${date}.`,
    resumeButton: 'Terminer la pause',
    paused: (date) => `C’est fait : vous faites une pause jusqu’au ${date}.`,
    resumed: 'C’est fait : la pause est terminée.',
    all: 'Tout quitter',
    allText:
      'Vous ne recevez plus rien de notre part, sauf les messages sur vos propres commandes et rendez-vous.',
    allButton: 'Se désabonner de tout',
    allDone: 'Vous êtes désabonné de tout.',
    data: 'Vos données',
    dataText:
      'Vous pouvez recevoir une copie de tout ce que nous savons de vous, ou le faire supprimer.',
    exportButton: 'Emporter mes données',
    eraseButton: 'Me supprimer',
    eraseAsk: {
      title: 'Supprimer tout ce qui vous concerne ?',
      text: 'Votre profil, vos messages et vos choix seront supprimés. Cela ne peut pas être annulé.',
    },
    eraseYes: 'Oui, tout supprimer',
    eraseNo: 'Non, revenir',
    eraseDone: 'Votre demande est notée. Nous supprimerons ce que nous savons de vous.',
    why: 'Pourquoi ai-je reçu ce message ?',
    transactional:
      'Les messages sur vos propres commandes et rendez-vous vous parviennent dans tous les cas.',
    back: 'Revenir à vos choix',
    errors: {
      summary: 'Rien n’est encore enregistré. Veuillez revoir ceci :',
      quiet:
        'Les heures de calme ont besoin d’un début et d’une fin différents, par exemple 21:00 et 08:00.',
      channel: 'Choisissez au moins un moyen de vous joindre, ou aucun thème.',
      choice: 'L’un de vos choix n’est pas proposé. Veuillez choisir de nouveau.',
      stale:
        'Cette page est restée ouverte trop longtemps ; rien n’a changé. Veuillez choisir encore une fois.',
    },
  },
  why: {
    title: 'Pourquoi vous avez reçu ce message',
    gone: 'Nous n’avons plus de trace de ce message.',
    what: (subject, by, date) =>
      subject === undefined
        ? `Le message a été envoyé ${by} le ${date}.`
        : `Le message « ${subject} » a été envoyé ${by} le ${date}.`,
    waits: (by) => `Le message est en route vers vous ${by}.`,
    consent: (topic, by, date, source) =>
      `Vous êtes abonné ${by} depuis le ${date} au thème ${topic} (${source}).`,
    transactional:
      'Il s’agit de quelque chose qui vous concerne, comme une commande ou un rendez-vous. Aucun abonnement n’est nécessaire.',
    event: (name, date) => `L’occasion était : ${name}, le ${date}.`,
    waited: (date) => `Il a attendu jusqu’au ${date} pour ne pas arriver au mauvais moment.`,
    count: (count) =>
      count === 0
        ? 'La semaine précédente, vous n’aviez aucun autre message de ce genre.'
        : `La semaine précédente, vous aviez ${count === 1 ? 'un autre message' : `${count} autres messages`} de ce genre.`,
    sources: {
      'double-opt-in': 'confirmé par vous avec le lien d’un e-mail',
      'preference-centre': 'choisi par vous sur la page de vos choix',
      keyword: 'vous avez répondu START',
      import: 'repris d’enregistrements antérieurs',
      api: 'signalé par notre boutique',
    },
    unknownSource: 'signalé par notre boutique',
    change: 'Changer ce que vous recevez',
  },
};
