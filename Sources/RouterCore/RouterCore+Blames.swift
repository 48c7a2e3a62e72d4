internal import BuiltinContracts
internal import Wire

// R31: another router is blamed on chain once for each packet.
extension RouterCore {
  /// - Returns: The call, if there is something to blame the router for and this is a carrier.
  func newBlame(_ judgement: Judgement, _ router: RouterID, _ channel: String) -> CarriedCall? {
    guard let call = judgement.blame, case .blame(let sequence) = call.kind,
      let passage = passages[channel], passage.view?.terms.carriers.contains(member) == true,
      passage.blamed.count < Int(RelayContract.Limit.blames),
      !passage.blamed.contains(Passage.Blamed(router: router, sequence: sequence))
    else { return nil }
    return call
  }

  /// The chain judged a blame, so that it is not brought again.
  mutating func noteBlame(_ sequence: UInt64, _ router: RouterID?, _ channel: String) {
    guard let router else { return }
    passages[channel]?.blamed.insert(Passage.Blamed(router: router, sequence: sequence))
  }
}
