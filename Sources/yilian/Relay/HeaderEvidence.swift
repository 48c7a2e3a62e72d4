internal import BuiltinContracts
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import Wire

/// Proofs of what another chain has, against headers that this chain knows.
struct HeaderEvidence {
  let ledger: RemoteLedger
  let other: RemoteLedger

  private static let pause = Duration.milliseconds(200)
  /// Most proofs that wait for their headers; the newest are kept.
  private static let kept = 256

  /// What the other chain has registered of a member.
  /// - Parameter router: Makes the newest header known; `nil`: a router that runs does so in time.
  func registration(
    of member: String, router: Identity?, within time: Duration
  ) async throws -> (header: RelayHeaderName, proof: Data) {
    let deadline = ContinuousClock.now + time
    var proofs: [(header: RelayHeaderName, proof: Data)] = []
    while true {
      let (_, header, proof) = try await other.registration(of: member)
      if let (name, updates) = try await ledger.prepareUpdates(to: header, of: other) {
        if let router { for update in updates { try await bring(update, by: router) } }
        if router != nil || updates.isEmpty { return (name, proof.data) }
        if proofs.last?.header != name { proofs.append((name, proof.data)) }
      }
      proofs.removeFirst(max(0, proofs.count - Self.kept))
      let known = try await ledger.messages(
        WireProvenHeader.self,
        of: proofs.map {
          RelayContract.header(
            $0.header.chainID.octets, revision: $0.header.revision, height: $0.header.height)
        })
      if let index = known.lastIndex(where: { $0 != nil }) { return proofs[index] }
      guard ContinuousClock.now < deadline else {
        throw Failure.refused(
          "no new header of \(other.genesis.name) is known: a router brings one when it carries a "
            + "packet, or name the folder with a router's key with --dir; an idle chain makes one "
            + "with its next heartbeat")
      }
      try await Task.sleep(for: Self.pause)
    }
  }

  /// Another router may have been first.
  private func bring(_ update: PreparedCall, by router: Identity) async throws {
    let receipts = try await ledger.submit([update.call], by: router)
    guard let receipt = receipts.first, !receipt.isDone else { return }
    let outcome = ReceiptOutcome(receipt)
    guard outcome.code == "relay.known_header" else { throw Failure.refused(outcome.sentence) }
  }
}

extension ConnectionOptions {
  /// A router of this chain whose key is in the folder, if there is one.
  func router(on ledger: RemoteLedger) async throws -> Identity? {
    guard let dir else { return nil }
    let folder = NetworkFolder(dir)
    for id in try folder.readManifest().members {
      let member = try await ledger.member(id)
      guard member.roles.contains(RelayContract.router), !member.isSuspended else { continue }
      return try Identity.open(folder.key(of: id), passphrase: folder.passphrase)
    }
    return nil
  }
}
