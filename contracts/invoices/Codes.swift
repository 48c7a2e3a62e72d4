public import LedgerModel

extension InvoiceContract {
  /// Every code of this contract. A code is never reused with another meaning.
  public static let codes: [Refusal.Code] = [
    malformed, duplicate, conflict, notFound, blueNotFound, notBlue, isRed, alreadyFlushed,
    redAmountDiffers, redInstitutionDiffers, redPayerDiffers, redOwnerDiffers, flushed, posted,
    postedInFull, exceedsRemaining,
    duplicatePosting, postingNotFound, locked, notLocked, lockExpiry, alreadyExchanged, notOwner,
    ownerIsGrantee, alreadyAuthorised, notAuthorised, wrappedKey, sealedContent,
  ]

  /// I17, I18. Codes of invoices that more than one chain has.
  public static let relayedCodes: [Refusal.Code] = [underWay, otherOrigin]

  static let malformed = Refusal.Code(
    "invoice.malformed", "correct the field as the invoice contract's README describes it")
  static let duplicate = Refusal.Code(
    "invoice.duplicate", "nothing to do: the same invoice with the same content is on the ledger")
  static let conflict = Refusal.Code(
    "invoice.conflict",
    "an invoice with this code and number but other content is on the ledger: compare them")
  static let notFound = Refusal.Code(
    "invoice.not_found", "record the invoice first, or check its code and number")
  static let blueNotFound = Refusal.Code(
    "invoice.blue_not_found", "record the blue invoice that this red one reverses first")
  static let notBlue = Refusal.Code(
    "invoice.not_blue", "a red invoice reverses a blue one, not another red one")
  static let isRed = Refusal.Code(
    "invoice.is_red", "a red invoice only reverses another: use the blue one's code and number")
  static let alreadyFlushed = Refusal.Code(
    "invoice.already_red_flushed", "a blue invoice is reversed once: the value names its red one")
  static let redAmountDiffers = Refusal.Code(
    "invoice.red_amount_differs", "a red invoice has exactly the negated amount of its blue one")
  static let redInstitutionDiffers = Refusal.Code(
    "invoice.red_institution_differs", "only the institution that issued the blue one reverses it")
  static let redPayerDiffers = Refusal.Code(
    "invoice.red_payer_differs", "a red invoice names the payer of its blue one")
  static let redOwnerDiffers = Refusal.Code(
    "invoice.red_owner_differs", "a red invoice has the owner of its blue one")
  static let flushed = Refusal.Code(
    "invoice.red_flushed", "the invoice is reversed and can no longer be used")
  static let posted = Refusal.Code(
    "invoice.posted", "the unit named must revoke its posting first")
  static let postedInFull = Refusal.Code(
    "invoice.posted_in_full", "the whole amount is reimbursed already: see the invoice's trail")
  static let exceedsRemaining = Refusal.Code(
    "invoice.exceeds_remaining", "post at most what is left of the invoice's amount")
  static let duplicatePosting = Refusal.Code(
    "invoice.duplicate_posting", "this unit used the posting id for this invoice: use a new one")
  static let postingNotFound = Refusal.Code(
    "invoice.posting_not_found", "only the unit that posted revokes a posting, by its posting id")
  static let locked = Refusal.Code(
    "invoice.locked", "ask the holder named to unlock it, or wait until the lock expires")
  static let notLocked = Refusal.Code(
    "invoice.not_locked", "there is no lock to release: it was never set, released or has expired")
  static let lockExpiry = Refusal.Code(
    "invoice.lock_expiry", "choose an expiry after the block's time and within 366 days")
  static let alreadyExchanged = Refusal.Code(
    "invoice.already_exchanged", "the invoice was exchanged for the paper invoice named")
  static let notOwner = Refusal.Code(
    "invoice.not_owner", "only the invoice's owner may do this")
  static let ownerIsGrantee = Refusal.Code(
    "invoice.owner_is_grantee", "the owner reads the invoice already: name another member")
  static let alreadyAuthorised = Refusal.Code(
    "invoice.already_authorised", "nothing to do: the member is authorised")
  static let notAuthorised = Refusal.Code(
    "invoice.not_authorised", "ask the invoice's owner for an authorisation")
  static let wrappedKey = Refusal.Code(
    "invoice.wrapped_key", "wrap the data key to the recipient's registered sealing key")
  static let sealedContent = Refusal.Code(
    "invoice.sealed_content", "seal the content and attach the ciphertext that the call names")
  static let underWay = Refusal.Code(
    "invoice.under_way", "wait until the packet named is acknowledged or compensated")
  static let otherOrigin = Refusal.Code(
    "invoice.other_origin",
    "only the chain that recorded the invoice changes this: send it a packet if you are on another")
}
