public import LedgerModel

extension RelayContract {
  /// Every code of this contract. A code is never reused with another meaning.
  public static let codes: [Refusal.Code] =
    [
      malformed, unknownChain, otherRevision, clientFrozen, clientExpired, knownHeader,
      unknownHeader, unknownEpoch, notProven, contradiction, unknownChannel, channelClosed,
      otherChain, otherChannel, version, messageType, timeout, windowFull, businessKey,
      sealedContent, alreadyReceived, outOfOrder, late, notLate, unknownPacket, settled,
      otherPacket, notPassed, reencryption, undecided, decided, notRecipient, unsignedRecord,
      alreadyBlamed, tooManyBlames, otherIdentity, notSigned, olderStatement, notRecognised,
      oldHeader, farVersion,
    ] + gatewayCodes

  static let malformed = Refusal.Code(
    "relay.malformed", "correct the field as docs/spec/20-relay.md describes it")
  static let unknownChain = Refusal.Code(
    "relay.unknown_chain", "a joint decision must trust the chain first")
  static let otherRevision = Refusal.Code(
    "relay.other_revision", "the chain was trusted anew: name its record's revision")
  static let clientFrozen = Refusal.Code(
    "relay.client_frozen",
    "the other chain finalised headers that exclude each other: "
      + "a joint decision must trust it anew")
  static let clientExpired = Refusal.Code(
    "relay.client_expired",
    "no header came within the trusting period: a joint decision must trust the chain anew")
  static let knownHeader = Refusal.Code(
    "relay.known_header", "nothing to do: the header is known")
  static let unknownHeader = Refusal.Code(
    "relay.unknown_header", "submit the header first")
  static let unknownEpoch = Refusal.Code(
    "relay.unknown_epoch", "submit a header of the newest epoch known, or what leads on from it")
  static let notProven = Refusal.Code(
    "relay.not_proven",
    "fetch header, certificate and proof from an honest node: the value says "
      + "which rule of docs/spec/05-proofs.md failed")
  static let contradiction = Refusal.Code(
    "relay.contradiction",
    "wait until this chain's clock is near the header's; if the header is not after the time "
      + "that the decision names, trust the chain anew")
  static let unknownChannel = Refusal.Code(
    "relay.unknown_channel", "a joint decision must open the channel first")
  static let channelClosed = Refusal.Code(
    "relay.channel_closed", "a joint decision closed the channel: what is under way is settled")
  static let otherChain = Refusal.Code(
    "relay.other_chain", "the channel does not lead from or to this chain: see its terms")
  static let otherChannel = Refusal.Code(
    "relay.other_channel", "the packet is of another channel: name that one")
  static let version = Refusal.Code(
    "relay.version", "write packets of the version that this chain reads")
  static let messageType = Refusal.Code(
    "relay.message_type", "use a message type that the channel's terms name")
  static let timeout = Refusal.Code(
    "relay.timeout",
    "choose a timeout after the times of both chains, no longer than the channel's terms allow")
  static let windowFull = Refusal.Code(
    "relay.window_full", "wait until packets of the channel are settled")
  static let businessKey = Refusal.Code(
    "relay.business_key_used",
    "it was sent before, as the packet that the value names: see what became of that one")
  static let sealedContent = Refusal.Code(
    "relay.sealed_content",
    "attach the ciphertext that the call names, its key wrapped to the sealing key of each "
      + "carrier, or of the recipient where it arrives; nothing to a packet without content")
  static let reencryption = Refusal.Code(
    "relay.reencryption",
    "bring the records of the router that opened the content at its source and of the one that "
      + "sealed it to its recipient, each going on from what the one before made")
  static let alreadyReceived = Refusal.Code(
    "relay.already_received", "nothing to do: the packet was received or skipped")
  static let outOfOrder = Refusal.Code(
    "relay.out_of_order", "bring the packet with the sequence named first")
  static let late = Refusal.Code(
    "relay.late",
    "the timeout has passed: skip the packet and time it out at its source, or let it lapse if it "
      + "was received")
  static let notLate = Refusal.Code(
    "relay.not_late", "the packet can still be received, or decided by its recipient")
  static let unknownPacket = Refusal.Code(
    "relay.unknown_packet", "name a packet that was sent from here, or received here to be decided")
  static let undecided = Refusal.Code(
    "relay.undecided",
    "wait until the packet's recipient decides, or let it lapse there after its timeout")
  static let decided = Refusal.Code(
    "relay.decided", "nothing to do: the packet's outcome is final")
  static let notRecipient = Refusal.Code(
    "relay.not_recipient", "only the member that the value names decides")
  static let unsignedRecord = Refusal.Code(
    "relay.unsigned_record", "bring the record as the router that the value names signed it")
  static let alreadyBlamed = Refusal.Code(
    "relay.already_blamed", "nothing to do: the router that the value names is blamed already")
  static let tooManyBlames = Refusal.Code(
    "relay.too_many_blames", "open another channel, with routers and carriers that get on")
  static let otherIdentity = Refusal.Code(
    "relay.other_identity",
    "state who submits it here, and the keys with which both chains have registered the members")
  static let notSigned = Refusal.Code(
    "relay.not_signed",
    "sign the statement's bytes with both keys, each in the suite of its own chain")
  static let olderStatement = Refusal.Code(
    "relay.older_statement", "sign a statement with a version above the one that the value names")
  static let oldHeader = Refusal.Code(
    "relay.old_header",
    "prove the key against a header that is not an hour older than the newest one known here")
  static let farVersion = Refusal.Code(
    "relay.far_version", "use the version after the one that the value names")
  static let notRecognised = Refusal.Code(
    "relay.not_recognised", "nothing to do: no statement about this member is in force")
  static let settled = Refusal.Code(
    "relay.settled", "nothing to do: the value is the packet's state")
  static let otherPacket = Refusal.Code(
    "relay.other_packet", "this is about another packet than the one that was sent")
  static let notPassed = Refusal.Code(
    "relay.not_passed",
    "name a header at or after the timeout, and one that has executed it: wait for the other chain")
}
