internal import ContractEngine
internal import LedgerModel
internal import Wire

// Sealed documents that change nothing but that they were received: C09, C24, C25, C34, C37 to C41,
// and the relay of enrolment archives with its failure and compensation (L, M, X, K).

/// One kind of document message.
protocol DocumentKind: Sendable {
  static var name: String { get }
  /// What the destination keeps them under.
  static var kind: String { get }
  static var act: DocumentAct { get }
}

enum DocumentAct {
  /// The content is the document.
  case put
  /// The content, if any, is what is asked.
  case ask
  /// The document of an earlier version is no longer in force.
  case revoke
}

extension DocumentKind {
  static var kind: String { name }
  static var act: DocumentAct { .put }
}

/// C34: finance learns what was reimbursed and posted.
enum PostingFeedback: DocumentKind { static let name = "posting.feedback" }

/// C09: an electronic settlement voucher.
enum VoucherReport: DocumentKind { static let name = "voucher.report" }

/// C25: a voucher of another place is asked for.
enum VoucherQuery: DocumentKind {
  static let name = "voucher.query"
  static let act = DocumentAct.ask
}

/// C37: a benefit policy.
enum PolicyShare: DocumentKind { static let name = "policy.share" }

/// C39: a policy of another place is asked for.
enum PolicyQuery: DocumentKind {
  static let name = "policy.query"
  static let act = DocumentAct.ask
}

/// C38: a catalogue of drugs, services and consumables.
enum CatalogueShare: DocumentKind { static let name = "catalogue.share" }

/// C40: a catalogue of another place is asked for.
enum CatalogueQuery: DocumentKind {
  static let name = "catalogue.query"
  static let act = DocumentAct.ask
}

/// C41: what was settled here for a person insured elsewhere.
enum SettlementShare: DocumentKind { static let name = "settlement.share" }

/// C24: a person applies for reimbursement of what was paid elsewhere.
enum ReimbursementApplication: DocumentKind { static let name = "reimbursement.apply" }

/// M01: an enrolment archive.
enum ArchivePut: DocumentKind {
  static let name = "archive.put"
  static let kind = "archive"
}

/// M02: the end of an enrolment archive.
enum ArchiveRevocation: DocumentKind {
  static let name = "archive.revoke"
  static let kind = "archive"
  static let act = DocumentAct.revoke
}

extension RelayContract {
  static let documentTypes: [any MessageType.Type] = [
    DocumentMessage<PostingFeedback>.self, DocumentMessage<VoucherReport>.self,
    DocumentMessage<VoucherQuery>.self, DocumentMessage<PolicyShare>.self,
    DocumentMessage<PolicyQuery>.self, DocumentMessage<CatalogueShare>.self,
    DocumentMessage<CatalogueQuery>.self, DocumentMessage<SettlementShare>.self,
    DocumentMessage<ReimbursementApplication>.self, DocumentMessage<ArchivePut>.self,
    DocumentMessage<ArchiveRevocation>.self,
  ]
}

/// A sealed document under a key and version: a newer one replaces an older at the destination.
enum DocumentMessage<Kind: DocumentKind>: PlainMessage {
  static var name: String { Kind.name }

  static func businessKey(_ packet: RelayPacket, _ document: RelayDocument) -> String {
    packet.key(document.key, "\(document.version)")
  }

  static func delivery(_ packet: RelayPacket) -> AssetID {
    AssetID(
      namespace: "document.received",
      key: "\(Kind.kind):\((body(of: packet) ?? RelayDocument()).key)")
  }

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] { [] }

  static func check(_ document: RelayDocument) throws(Refusal) {
    guard document.key.isRelayWord(within: RelayContract.Limit.documentKeyBytes) else {
      throw Refusal(RelayContract.malformed, field: "packet.body.key", value: document.key)
    }
    guard document.version > 0 else {
      throw Refusal(RelayContract.malformed, field: "packet.body.version", value: "0")
    }
    let answers = document.answers
    guard answers.isEmpty || answers.isRelayWord(within: RelayContract.Limit.businessKeyBytes)
    else {
      throw Refusal(RelayContract.malformed, field: "packet.body.answers", value: answers)
    }
  }

  static func checkSent(
    _ packet: RelayPacket, _ document: RelayDocument, _ scope: CallScope
  ) throws(Refusal) {
    if Kind.act == .put { try packet.checkContent() }
  }

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ document: RelayDocument,
    _ before: RelayReceivedDocument?, _ scope: inout CallScope
  ) throws(Refusal) -> RelayReceivedDocument {
    if Kind.act == .put { try packet.checkContent() }
    if let before, before.origin != packet.sourceChain {
      throw Refusal(
        RelayContract.otherOrigin, field: "packet.body.key", value: document.key)
    }
    if Kind.act == .revoke, before.map(\.revoked) ?? true {
      throw Refusal(
        RelayContract.unknownDocument, field: "packet.body.key", value: document.key)
    }
    if let before, before.version >= document.version {
      throw Refusal(
        RelayContract.olderVersion, field: "packet.body.version", value: "\(before.version)")
    }
    var received = RelayReceivedDocument()
    received.origin = packet.sourceChain
    received.channel = packet.channel
    received.sequence = packet.sequence
    received.recipient = packet.recipient
    received.version = document.version
    received.commitment = packet.commitment
    received.answers = document.answers
    received.revoked = Kind.act == .revoke
    return received
  }

  static func answer(_ delivery: RelayReceivedDocument) -> [UInt8] { [] }
}
