using Reverie.Environments.Box2D;

namespace Reverie.Tests.Box2D;

public sealed class WorldTests : IDisposable
{
    private static readonly float[] Square = [-1, -1, 1, -1, 1, 1, -1, 1];

    private readonly World world = new(0, -10);

    public void Dispose() => world.Dispose();

    [Fact]
    public void ABodyFallsAsTheSemiImplicitRuleSays()
    {
        var ball = Box(0, 100, tag: 1);
        for (var i = 0; i < 10; i++)
            world.Step(0.125f, 8, 3);
        Assert.Equal(-12.5f, ball.Pose.VelocityY, 4);
        Assert.Equal(100 - 10 * 0.125 * 0.125 * 55, ball.Pose.Y, 3);    // 1 + … + 10 = 55
        Assert.Equal(0, ball.Pose.X);
    }

    [Fact]
    public void AMassFollowsFromThePolygon()
    {
        var mass = Box(0, 0, tag: 1).Mass;
        Assert.Equal(8, mass.Total, 4);                  // 2 by 2 of density 2
        Assert.Equal(8 * 8 / 12.0, mass.Inertia, 4);
        Assert.Equal((0, 0), (mass.CentreX, mass.CentreY));
    }

    [Fact]
    public void ContactsTellTheTagsOfBothAndTheirEnd()
    {
        var floor = world.AddBody(BodyType.Static, 0, 0, 0, tag: 7);
        floor.AddPolygon([-5, -1, 5, -1, 5, 0, -5, 0], new FixtureDefinition(Density: 0, IsSensor: 1));
        Box(0, 2, tag: -3);
        List<(bool, int, int)> seen = [];
        for (var i = 0; i < 100; i++)
        {
            world.Step(0.02f, 8, 3);
            foreach (var contact in world.Contacts)
                seen.Add((contact.Begins, Math.Min(contact.TagA, contact.TagB), Math.Max(contact.TagA, contact.TagB)));
            world.ClearContacts();
        }
        Assert.Equal([(true, -3, 7), (false, -3, 7)], seen);    // a sensor does not hold what falls
    }

    [Fact]
    public void ABodyThatIsRemovedEndsItsContacts()
    {
        var below = Box(0, 0, tag: 1);
        Box(0, 2.01f, tag: 2);
        for (var i = 0; i < 5; i++)
            world.Step(0.02f, 8, 3);
        Assert.True(world.Contacts.Length == 1 && world.Contacts[0].Begins);
        below.Remove();
        Assert.True(world.Contacts.Length == 2 && !world.Contacts[1].Begins);
    }

    [Fact]
    public void AHingeTurnsByItsMotorAsFarAsItsLimit()
    {
        using var space = new World(0, 0);
        var (hub, arm) = (space.AddBody(BodyType.Static, 0, 0, 0, 1), space.AddBody(BodyType.Dynamic, 0, 0, 0, 2));
        hub.AddPolygon(Square, new FixtureDefinition(Density: 1, Mask: 0));
        arm.AddPolygon(Square, new FixtureDefinition(Density: 1, Mask: 0));
        var hinge = space.AddJoint(hub, arm, new RevoluteDefinition
        {
            EnableMotor = 1, MaxMotorTorque = 1000, EnableLimit = 1, LowerAngle = -0.5f, UpperAngle = 0.5f,
        });
        hinge.SetMotorSpeed(1);
        for (var i = 0; i < 10; i++)
            space.Step(0.02f, 20, 10);
        Assert.Equal(0.2, hinge.Angle, 2);
        for (var i = 0; i < 50; i++)
            space.Step(0.02f, 20, 10);
        Assert.Equal(0.5, hinge.Angle, 2);
    }

    [Fact]
    public void CornersComeBackAsAHullFromTheRightMost()
    {
        var body = world.AddBody(BodyType.Static, 0, 0, 0, 1);
        body.AddPolygon([0, 0, 0, 2, 3, 0, 3, 2, 1, 1], new FixtureDefinition(Density: 0));
        Assert.Equal([3, 0, 3, 2, 0, 2, 0, 0], body.Corners());
    }

    // Each would end the process inside Box2D.
    [Theory]
    [InlineData(new float[] { 0, 0, 1, 1 }, "3 to 8 corners")]
    [InlineData(new float[] { 0, 0, 1, 1, 2, 2, 3, 3 }, "one line")]
    [InlineData(new float[] { 0, 0, 0.001f, 0, 0, 0.001f, 0.001f, 0.001f }, "one line or in one place")]
    [InlineData(new[] { 0, 0, 1, 0, 0, float.NaN }, "finite")]
    public void WhatIsNoPolygonIsRefused(float[] corners, string reason)
    {
        var body = world.AddBody(BodyType.Dynamic, 0, 0, 0, 1);
        Says(reason, () => body.AddPolygon(corners, new FixtureDefinition(Density: 1)));
    }

    [Fact]
    public void NumbersThatAreNotFiniteAreRefused()
    {
        var body = Box(0, 0, tag: 1);
        Says("finite", () => world.AddBody(BodyType.Static, float.NaN, 0, 0, 1));
        Says("finite", () => body.Push(float.PositiveInfinity, 0));
        Says("finite", () => world.Step(float.NaN, 1, 1));
        Says("two bodies", () => world.AddJoint(body, body, new RevoluteDefinition()));
        Assert.True(World.LibraryVersion >= 20400);
    }

    [Fact]
    public void AWorldThatIsGoneIsTold()
    {
        var body = Box(0, 0, tag: 1);
        world.Dispose();
        Assert.Throws<ObjectDisposedException>(() => body.Pose);
        Assert.Throws<ObjectDisposedException>(() => world.Step(1, 1, 1));
    }

    private Body Box(float x, float y, int tag)
    {
        var body = world.AddBody(BodyType.Dynamic, x, y, 0, tag);
        body.AddPolygon(Square, new FixtureDefinition(Density: 2));
        return body;
    }

    private static void Says(string reason, Action act) =>
        Assert.Contains(reason, Assert.ThrowsAny<ReverieException>(act).Message);
}
