import LedgerModel

/// The rules of joint decisions over plain sets and lists: no assets, bytes or epochs' mechanics.
struct NaiveGovernance {
  /// What is proposed; keys are numbers.
  enum Change: Hashable {
    case addValidator(String, key: Int), removeValidator(String), newKey(String, key: Int)
    case addObserver(String, key: Int), removeObserver(String)
    case addOrganisation(String), suspendOrganisation(String), reinstateOrganisation(String)
    case addMember(String, of: String), suspendMember(String), reinstateMember(String)

    var isOfValidators: Bool {
      switch self {
      case .addValidator, .removeValidator, .newKey: true
      default: false
      }
    }
  }

  enum Status: CaseIterable { case open, approved, applied, rejected, withdrawn, impossible }

  struct Proposal {
    let organisation: String
    let changes: [Change]
    let deadline: UInt64
    var votes: [String: Bool] = [:]
    var status = Status.open
    var decided: UInt64 = 0
  }

  struct Party: Hashable {
    let organisation: String
    var isSuspended = false
  }

  /// What decisions change.
  struct World {
    var validators: [String] = []
    var keys: [String: Int] = [:]
    /// Keys of observers by their names.
    var observers: [String: Int] = [:]
    var suspended: [String: Bool] = [:]
    var members: [String: Party] = [:]

    var active: Set<String> { Set(suspended.filter { !$0.value }.keys) }

    func with(_ changes: [Change]) -> World? {
      var next = self
      for change in changes {
        guard next.take(change) else { return nil }
      }
      return next
    }

    private mutating func take(_ change: Change) -> Bool {
      switch change {
      case .addValidator(let name, let key):
        guard !validators.contains(name), !keys.values.contains(key), validators.count < 31,
          observers[name] == nil || observers[name] == key
        else { return false }
        validators.append(name)
        keys[name] = key
        observers = observers.filter { $0.value != key }
      case .removeValidator(let name):
        guard validators.contains(name), validators.count > 1 else { return false }
        validators = validators.filter { $0 != name }
        keys[name] = nil
      case .newKey(let name, let key):
        guard validators.contains(name), !keys.values.contains(key) else { return false }
        keys[name] = key
        observers = observers.filter { $0.value != key }
      case .addObserver(let name, let key):
        guard !validators.contains(name), observers[name] == nil, !keys.values.contains(key),
          !observers.values.contains(key)
        else { return false }
        observers[name] = key
      case .removeObserver(let name):
        guard observers.removeValue(forKey: name) != nil else { return false }
      case .addOrganisation(let id):
        guard suspended[id] == nil else { return false }
        suspended[id] = false
      case .suspendOrganisation(let id):
        guard suspended[id] == false, active.count > 1 else { return false }
        suspended[id] = true
      case .reinstateOrganisation(let id):
        guard suspended[id] == true else { return false }
        suspended[id] = false
      case .addMember(let id, let organisation):
        guard members[id] == nil, suspended[organisation] != nil else { return false }
        members[id] = Party(organisation: organisation)
      case .suspendMember(let id):
        guard members[id]?.isSuspended == false else { return false }
        members[id]?.isSuspended = true
      case .reinstateMember(let id):
        guard members[id]?.isSuspended == true else { return false }
        members[id]?.isSuspended = false
      }
      return true
    }
  }

  var world = World()
  private(set) var proposals: [String: Proposal] = [:]

  private func mayAct(_ member: String) -> Bool {
    guard let party = world.members[member] else { return false }
    return !party.isSuspended && world.suspended[party.organisation] == false
  }

  private func fits(_ changes: [Change], waiting: [Change] = []) -> Bool {
    let own = changes.filter(\.isOfValidators).count
    let faulty = max(1, (world.validators.count - 1) / 3)
    guard own == 0 || own + waiting.filter(\.isOfValidators).count <= faulty else { return false }
    return world.with(changes) != nil
  }

  mutating func propose(
    _ id: String, _ changes: [Change], deadline: UInt64, by member: String, at now: UInt64
  ) -> Bool {
    guard mayAct(member), proposals[id] == nil, now < deadline, fits(changes),
      let organisation = world.members[member]?.organisation
    else { return false }
    proposals[id] = Proposal(organisation: organisation, changes: changes, deadline: deadline)
    return true
  }

  mutating func vote(
    _ id: String, _ changes: [Change], approve: Bool, by member: String, at now: UInt64,
    height: UInt64
  ) -> Bool {
    guard mayAct(member), var proposal = proposals[id], proposal.status == .open,
      now < proposal.deadline, proposal.changes == changes,
      let organisation = world.members[member]?.organisation,
      proposal.votes[organisation] == nil
    else { return false }
    proposal.votes[organisation] = approve
    let all = world.active.count
    let yes = proposal.votes.filter { $0.value && world.active.contains($0.key) }.count
    let no = proposal.votes.filter { !$0.value && world.active.contains($0.key) }.count
    if 3 * yes > 2 * all {
      let waiting = proposals.values.filter { $0.status == .approved }.flatMap(\.changes)
      guard fits(changes, waiting: waiting), waiting.count + changes.count <= 64 else {
        return false
      }
      proposal.status = .approved
      proposal.decided = height
    } else if 3 * (all - no) <= 2 * all {
      proposal.status = .rejected
    }
    proposals[id] = proposal
    return true
  }

  mutating func withdraw(_ id: String, by member: String, at now: UInt64) -> Bool {
    guard mayAct(member), let proposal = proposals[id], proposal.status == .open,
      now < proposal.deadline, world.members[member]?.organisation == proposal.organisation
    else { return false }
    proposals[id]?.status = .withdrawn
    return true
  }

  /// Applies what was decided up to a height, in the order of the decisions.
  mutating func endEpoch(upTo height: UInt64, order: [String]) {
    for id in order where proposals[id]?.status == .approved {
      guard let proposal = proposals[id], proposal.decided <= height else { continue }
      if let next = world.with(proposal.changes) {
        world = next
        proposals[id]?.status = .applied
      } else {
        proposals[id]?.status = .impossible
      }
    }
  }
}
