namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>One request, when it was over.</summary>
/// <param name="Arrived">Seconds since the start.</param>
/// <param name="Seconds">From its arrival to its answer, or to the last failure.</param>
/// <param name="Answered">Whether the client got an answer.</param>
/// <param name="Attempts">Providers that were asked.</param>
/// <param name="Provider">Who was asked first.</param>
/// <param name="Cost">US dollars.</param>
internal readonly record struct Served(double Arrived, double Seconds, bool Answered, int Attempts, string Provider, double Cost);
