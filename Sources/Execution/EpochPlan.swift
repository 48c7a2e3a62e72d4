internal import ContractEngine
internal import LedgerModel
internal import Wire

/// What decisions make of the registry when the next epoch begins.
///
/// Header and execution both ask this: the same decisions over the same registry give the same
/// validators.
/// - Source: docs/spec/16-governance.md, rules V7 and V8.
struct EpochPlan {
  /// A proposal whose changes are in force from the next epoch on, or why they cannot be.
  struct Outcome {
    let proposal: String
    let events: Result<[Event], Refusal>
  }

  /// A change's effect on one asset.
  struct Event {
    let index: Int
    let change: WireChange
    let write: RegistryWrite
  }

  /// The registry of the next epoch.
  let registry: Registry
  let outcomes: [Outcome]

  /// - Parameter registry: The registry of the epoch that ends, with all that the decisions are
  ///   about.
  init(_ decisions: [WireDecision], from registry: Registry) {
    var next = registry.nextEpoch
    outcomes = decisions.map { decision in
      // All changes of a proposal or none.
      var draft = next
      var events: [Event] = []
      do throws(Refusal) {
        for (index, change) in decision.changes.enumerated() {
          events += try draft.apply(change, field: "changes[\(index)]").map {
            Event(index: index, change: change, write: $0)
          }
        }
      } catch {
        return Outcome(proposal: decision.proposal, events: .failure(error))
      }
      next = draft
      return Outcome(proposal: decision.proposal, events: .success(events))
    }
    self.registry = next
  }

  /// Proposals that take effect.
  var applied: [String] {
    outcomes.filter { (try? $0.events.get()) != nil }.map(\.proposal)
  }
}
