internal import BuiltinContracts
public import LedgerModel
public import LightVerifier
public import SwiftProtobuf
public import Wire

// Joint decisions: what is proposed and decided, proven, and a governor's part in it.

extension RemoteLedger {
  /// The proposal as the ledger has it now, or `nil` if it is proven not to be there.
  public func proposal(
    _ id: String
  ) async throws(LedgerClientFault) -> (state: WireProposal?, answer: ProvenAnswer<ProvenValue>) {
    let answer = try await value(of: Governance.proposal(id))
    guard let value = answer.fact else { return (nil, answer) }
    do {
      return (try WireProposal(strict: value.value, limit: Limits.valueBytes), answer)
    } catch {
      throw .notProven(.malformed(.wire(error)))
    }
  }

  /// Decisions that wait for the end of the epoch.
  public func pendingDecisions() async throws(LedgerClientFault) -> (
    decisions: [WireDecision], answer: ProvenAnswer<ProvenValue>
  ) {
    let answer = try await value(of: Governance.pending)
    guard let value = answer.fact else { return ([], answer) }
    do {
      return (try Governance.decisions(decoding: value.value), answer)
    } catch {
      throw .notProven(.malformed(error))
    }
  }

  /// Proofs that validators lied, all that the ledger has, each with the event that recorded it.
  public func evidence() async throws(LedgerClientFault) -> (
    lies: [(proof: WireEquivocation, event: AssetEvent)], answer: ProvenAnswer<ProvenTrail>
  ) {
    let answer = try await trail(of: Governance.evidence)
    var lies: [(WireEquivocation, AssetEvent)] = []
    for event in answer.fact?.events ?? [] {
      do {
        lies.append((try WireEquivocation(strict: event.details, limit: Limits.valueBytes), event))
      } catch {
        throw .notProven(.malformed(.wire(error)))
      }
    }
    return (lies, answer)
  }

  /// The validators and observers of the newest proven state.
  public func nodes() async throws(LedgerClientFault) -> (
    record: ValidatorSetRecord, answer: ProvenAnswer<ProvenValue>
  ) {
    let answer = try await value(of: Registry.validators)
    guard let value = answer.fact else {
      throw .notProven(.otherAnswer(expected: "\(Registry.validators)", found: "its absence"))
    }
    do {
      return (try ValidatorSetRecord(decoding: value.value, suite: suite), answer)
    } catch {
      throw .notProven(.malformed(error))
    }
  }

  /// Every organisation's standing, proven.
  public func roster() async throws(LedgerClientFault) -> Roster {
    let bytes = try await needed(Roster.asset)
    do { return try Roster(decoding: bytes) } catch { throw .notProven(.malformed(error)) }
  }

  /// What every node grants, proven.
  public func settings() async throws(LedgerClientFault) -> ChainSettings {
    let bytes = try await needed(ChainSettings.asset)
    do { return try ChainSettings(decoding: bytes) } catch { throw .notProven(.malformed(error)) }
  }

  /// Prepares a call of the governance contract: `propose`, `vote` or `withdraw`.
  public func prepareDecision(_ method: String, _ arguments: some Message) -> PreparedCall {
    PreparedCall(
      call: Transaction.Call(
        contract: GovernanceContract.name, method: method, arguments: arguments.encoded),
      attachments: [])
  }

  /// An asset that every chain has from its genesis on.
  private func needed(_ asset: AssetID) async throws(LedgerClientFault) -> [UInt8] {
    guard let value = try await value(of: asset).fact else {
      throw .notProven(.otherAnswer(expected: "\(asset)", found: "its absence"))
    }
    return value.value
  }
}
