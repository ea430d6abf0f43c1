namespace ProxyCluster.Core.Condensation;

/// <summary>A turn of a conversation that grows, condensed.</summary>
/// <param name="Result">What goes to the model.</param>
/// <param name="Cut">The index of the first message that is as it was; all before it are the condensed head. 0: there is no head that stays the same.</param>
/// <param name="Step">How many steps' worth of tokens lie before the cut; 0: there is none.</param>
/// <param name="IsNewStep">Whether the head is not the one of the turn before, so that the provider's cache has to begin anew.</param>
/// <param name="Decision">What a new step saves and loses; nothing where there is none.</param>
public sealed record RollingResult(CondensationResult Result, int Cut, int Step, bool IsNewStep, RollingDecision Decision);
