import { appointmentMoved } from './appointment-moved';
import { appointmentReminder } from './appointment-reminder';
import { cartLastCall } from './cart-last-call';
import { cartReminder } from './cart-reminder';
import { consultationOffer } from './consultation-offer';
import { onboardingFirstSteps } from './onboarding-first-steps';
import { onboardingHelpOffer } from './onboarding-help-offer';
import { onboardingWelcome } from './onboarding-welcome';
import { orderConfirmation } from './order-confirmation';
import { postPurchaseAdvice } from './post-purchase-advice';
import { subscriptionWelcome } from './subscription-welcome';
import { winBackOffer } from './win-back-offer';
import { winBackReminder } from './win-back-reminder';

/** The shop's templates, by the names that journeys use. */
export const shopTemplates = {
  'order-confirmation': orderConfirmation,
  'onboarding-welcome': onboardingWelcome,
  'onboarding-first-steps': onboardingFirstSteps,
  'onboarding-help-offer': onboardingHelpOffer,
  'cart-reminder': cartReminder,
  'cart-last-call': cartLastCall,
  'post-purchase-advice': postPurchaseAdvice,
  'consultation-offer': consultationOffer,
  'win-back-reminder': winBackReminder,
  'win-back-offer': winBackOffer,
  'appointment-reminder': appointmentReminder,
  'appointment-moved': appointmentMoved,
  'subscription-welcome': subscriptionWelcome,
} as const;
