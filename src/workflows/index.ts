export { abandonedCart } from './abandoned-cart';
export { appOnboarding } from './app-onboarding';
export { appointmentMoved } from './appointment-moved';
export { appointmentReminder } from './appointment-reminder';
export { orderConfirmation } from './order-confirmation';
export { postPurchase } from './post-purchase';
export { winBack } from './win-back';
