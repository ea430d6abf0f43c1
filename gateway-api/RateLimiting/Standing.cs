using System.Collections.Immutable;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>The windows as the limiter last told them; tokens in this gateway's hand are not among what is left there.</summary>
internal sealed class Standing(ImmutableArray<WindowStatus> windows)
{
    public static readonly Standing Unknown = new([]);

    /// <summary>As told.</summary>
    public ImmutableArray<WindowStatus> Windows => windows;

    /// <summary>The window with the least left.</summary>
    public WindowStatus MostConstrained
    {
        get
        {
            var most = default(WindowStatus);
            foreach (ref readonly var status in windows.AsSpan())
            {
                if (most.Window == LimitWindow.None || status.Remaining < most.Remaining)
                {
                    most = status;
                }
            }

            return most;
        }
    }

    /// <summary>What an admitted request is told: the most constrained limit, from here and from the tokens in hand.</summary>
    public LimitStanding Admit(int held)
    {
        var most = MostConstrained;

        // A request was admitted now, so the whole limit is free again in a whole window's time.
        return new LimitStanding(most.Limit, most.Remaining + held, Length(most.Window), most.Window);
    }

    public static TimeSpan Length(LimitWindow window) => window switch
    {
        LimitWindow.Minute => TimeSpan.FromMinutes(1),
        LimitWindow.Hour => TimeSpan.FromHours(1),
        _ => TimeSpan.Zero,
    };
}

/// <summary>How a subject stands, for headers.</summary>
/// <param name="Limit">The most constrained limit; 0: none applies.</param>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reset">Until all of it is free again.</param>
/// <param name="Window">The window that it is about.</param>
internal readonly record struct LimitStanding(int Limit, int Remaining, TimeSpan Reset, LimitWindow Window);
