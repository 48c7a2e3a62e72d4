import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import Wire

extension RelayRefusal {
  /// A header of `here`, altered on its way to `there`.
  private static func updating(
    _ title: String, _ name: String, _ field: String, _ value: String,
    _ change: @escaping @Sendable (inout RelayUpdate, inout WireEpochLink) throws -> Void
  ) -> RelayRefusal {
    RelayRefusal(title, name, field, value) { story in
      try Crossing.sync(story.here, to: story.there)
      try story.here.run()
      var link = WireEpochLink()
      link.last = try story.here.newest()
      return try story.there.submit("router", altered(link, change))
    }
  }

  /// The same for the header that ends an epoch.
  private static func leading(
    _ title: String, _ name: String, _ field: String, _ value: String,
    _ change: @escaping @Sendable (inout RelayUpdate, inout WireEpochLink) throws -> Void
  ) -> RelayRefusal {
    RelayRefusal(title, name, field, value) { story in
      let links = try story.here.ledger.epochLinks(from: 0, limit: 1)
      return try story.there.submit("router", altered(links[0], change))
    }
  }

  private static func altered(
    _ link: WireEpochLink,
    _ change: (inout RelayUpdate, inout WireEpochLink) throws -> Void
  ) throws -> RelayChain.Request {
    var link = link
    let request = try Crossing.update(link)
    var call = try RelayUpdate(strict: request.arguments, limit: Limits.argumentBytes)
    try change(&call, &link)
    call.link = link.encoded.data
    return RelayChain.Request(method: "update", arguments: call.encoded)
  }

  private static func alter(
    _ link: inout WireEpochLink, _ change: (inout WireBlockHeader) -> Void
  ) throws {
    var header = try WireBlockHeader(
      strict: link.last.header.octets, limit: Limits.headerBytes)
    change(&header)
    link.last.header = header.encoded.data
  }

  /// What is not believed of another chain.
  static let following: [RelayRefusal] = [
    updating("A chain is trusted by decision", "unknown_chain", "header.chain_id", "01") {
      call, _ in call.header.chainID = [UInt8]([1]).data
    },
    updating("A header counts for the newest trust", "other_revision", "header.revision", "1") {
      call, _ in call.header.revision = 2
    },
    updating("Bytes that are no header are malformed", "not_proven", "link.last", "malformed") {
      _, link in link.last.header = [UInt8]([1]).data
    },
    updating("A header of another format is refused", "not_proven", "link.last", "header.format") {
      _, link in try alter(&link) { $0.format = 2 }
    },
    updating("A header of another suite is refused", "not_proven", "link.last", "header.suite") {
      _, link in try alter(&link) { $0.suite = 2 }
    },
    updating("A header of another chain is refused", "not_proven", "link.last", "other_chain") {
      _, link in try alter(&link) { $0.chainID = [UInt8](repeating: 1, count: 32).data }
    },
    updating("An altered root is not finalised", "not_proven", "link.last", "not_finalised") {
      _, link in
      try alter(&link) { $0.executed.indexRoot = [UInt8](repeating: 1, count: 32).data }
    },
    updating("An altered time is not finalised", "not_proven", "link.last", "not_finalised") {
      _, link in try alter(&link) { $0.timeMs += 1 }
    },
    updating(
      "A header without a certificate is refused", "not_proven", "link.last", "not_finalised"
    ) {
      _, link in link.last.clearFinalization()
    },
    updating(
      "A certificate below the quorum is refused", "not_proven", "link.last", "not_finalised"
    ) { _, link in
      link.last.finalization.signers.removeLast()
      link.last.finalization.signatures.removeLast()
    },
    updating(
      "A certificate with an altered signature is refused", "not_proven", "link.last",
      "not_finalised"
    ) { _, link in
      link.last.finalization.signatures[0] = [UInt8](repeating: 1, count: 64).data
    },
    updating(
      "More signers than the epoch has validators are refused", "not_proven", "link.last",
      "not_finalised"
    ) { _, link in
      link.last.finalization.signers = [0, 1, 2, 3, 4]
      link.last.finalization.signatures = (0..<5).map { _ in
        [UInt8](repeating: 1, count: 64).data
      }
    },
    updating(
      "A signer who occurs twice is refused", "not_proven", "link.last", "finalization.signers"
    ) { _, link in
      link.last.finalization.signers[1] = link.last.finalization.signers[0]
    },
    updating(
      "A certificate of another block is refused", "not_proven", "link.last", "not_finalised"
    ) { _, link in
      link.last.finalization.block = [UInt8](repeating: 1, count: 32).data
    },
    updating("A header is the one that is named", "malformed", "header", "epoch 1, height 4") {
      call, _ in call.header.height = 9
    },
    updating("A header is of the epoch that is named", "malformed", "header", "epoch 1, height 4") {
      call, _ in call.epoch = 2
    },
    updating(
      "A header of an epoch to which nothing led is refused", "unknown_epoch", "epoch",
      "7, the newest is 1"
    ) { call, link in
      call.epoch = 7
      try alter(&link) { $0.epoch = 7 }
    },
    updating("A link that is none is malformed", "malformed", "link.validators", "1") {
      _, link in link.validators = [WireValidatorRecord()]
    },
    RelayRefusal(
      "A known header is not submitted again", "known_header", "header.height", "4",
      when: { story in
        try story.here.run()
        try Crossing.sync(story.here, to: story.there)
        var link = WireEpochLink()
        link.last = try story.here.newest()
        return try story.there.submit("router-2", Crossing.update(link))
      }),
    leading("A link needs the next validators", "malformed", "link.validators", "0") {
      _, link in link.validators = []
    },
    leading("A link with other validators is broken", "not_proven", "link", "broken_link") {
      _, link in link.validators.removeLast()
    },
    leading("A link is finalised", "not_proven", "link.last", "not_finalised") {
      _, link in link.last.finalization.signatures[0] = [UInt8](repeating: 1, count: 64).data
    },
    RelayRefusal(
      "A header of a past epoch is refused", "unknown_epoch", "epoch", "0, the newest is 1",
      when: { story in
        try Crossing.sync(story.here, to: story.there)
        let block = try story.here.ledger.block(at: 1)
        guard let block else { throw NoBlock() }
        return try story.there.submit(
          "router",
          Crossing.update(ProvenHeader(header: block.header, finalization: block.finalization)))
      }),
    RelayRefusal(
      "A header far ahead of this chain's clock is refused", "contradiction", "link.last",
      of: { "height 4 of \($0.here.timeMs)" },
      when: { story in
        try Crossing.sync(story.here, to: story.there)
        try story.here.run(
          at: story.there.timeMs + 1_000 + RelayContract.Limit.clockDriftMs + 1)
        var link = WireEpochLink()
        link.last = try story.here.newest()
        return try story.there.submit("router", Crossing.update(link))
      }),
    RelayRefusal(
      "An expired chain is not believed, not even with a new header", "client_expired", "chain",
      of: { "finance, newest header of \(try $0.here.ledger.block(at: 3)?.header.timeMs ?? 0)" },
      when: { story in
        try Crossing.sync(story.here, to: story.there)
        let later = story.here.timeMs + RelayChain.trustingMs + 1
        try story.here.run(at: later)
        var link = WireEpochLink()
        link.last = try story.here.newest()
        return try story.there.submit("router", Crossing.update(link), at: later)
      }),
    RelayRefusal(
      "A frozen chain is not believed", "client_frozen", "chain", "finance",
      when: { story in
        try story.givenSent("N1")
        let evidence = try Crossing.sync(story.here, to: story.there)
        try story.there.given("router", Crossing.update(story.here.fork(at: evidence)))
        return try story.there.submit("router", story.receive(1, evidence))
      }),
  ]

  struct NoBlock: Error {}
}

extension RelayChain {
  /// The newest header with its certificate.
  func newest() throws -> WireProvenHeader {
    guard let anchor = try ledger.anchor() else { throw RelayRefusal.NoBlock() }
    return anchor.proven.wire
  }

  /// Another header of the same height under a good certificate: the validators lie together.
  func fork(at evidence: Crossing.Evidence, signers: Int? = nil) throws -> ProvenHeader {
    try fork(of: evidence.anchor.proven.header, signers: signers)
  }

  func fork(of honest: BlockHeader, signers: Int? = nil) throws -> ProvenHeader {
    let header = BlockHeader(
      chainID: honest.chainID, suite: suite, epoch: honest.epoch, height: honest.height,
      view: honest.view, parent: honest.parent, timeMs: honest.timeMs + 1, batches: [],
      executed: honest.executed, validatorSet: honest.validatorSet,
      nextValidatorSet: honest.nextValidatorSet)
    return ProvenHeader(
      header: header, finalization: try certificate(for: header, signers: signers))
  }
}
