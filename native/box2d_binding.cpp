// The binding to Box2D: worlds, bodies with polygons, revolute joints, contacts. Nothing here knows what they are for.
//
// Debian's Box2D is built with its assertions, which end the process; so whatever one of them would stumble over is
// refused here first.
#include "box2d_binding.h"

#include <box2d/box2d.h>

#include <cmath>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

thread_local std::string last_error;

// Runs `work`; any exception becomes `failure` and a text.
template <class Result, class Work>
Result guarded(Result failure, Work work) noexcept {
    try {
        return work();
    } catch (const std::exception& error) {
        last_error = error.what();
    } catch (...) {
        last_error = "unknown error in Box2D";
    }
    return failure;
}

void require(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
}

template <class... Numbers>
bool finite(Numbers... numbers) {
    return (std::isfinite(numbers) && ...);
}

class Contacts : public b2ContactListener {
public:
    std::vector<rb_contact> events;

    void BeginContact(b2Contact* contact) override { add(contact, 1); }
    void EndContact(b2Contact* contact) override { add(contact, 0); }

private:
    void add(b2Contact* contact, int begins) {
        events.push_back({begins, tag(contact->GetFixtureA()), tag(contact->GetFixtureB())});
    }

    static int32_t tag(b2Fixture* fixture) {
        return static_cast<int32_t>(fixture->GetBody()->GetUserData().pointer);
    }
};

// Box2D's own test of a polygon: corners that nearly coincide are one, and three must not lie on a line.
bool is_polygon(const float* corners, int count) {
    const float weld = 0.5f * b2_linearSlop;
    std::vector<b2Vec2> apart;
    for (int i = 0; i < count; i++) {
        const b2Vec2 corner(corners[2 * i], corners[2 * i + 1]);
        bool known = false;
        for (const b2Vec2& other : apart) known |= b2DistanceSquared(corner, other) < weld * weld;
        if (!known) apart.push_back(corner);
    }
    float area = 0;
    for (size_t i = 2; i < apart.size(); i++)
        area = b2Max(area, std::fabs(b2Cross(apart[1] - apart[0], apart[i] - apart[0])));
    return area > 4 * b2_epsilon;
}

}  // namespace

struct rb_world {
    Contacts contacts;    // before the world, which tells it of contacts until it is gone
    b2World world;

    explicit rb_world(const b2Vec2& gravity) : world(gravity) { world.SetContactListener(&contacts); }
};

RB_API int rb_abi_version() { return RB_ABI; }
RB_API const char* rb_last_error() { return last_error.c_str(); }

// 20401 is 2.4.1.
RB_API int rb_library_version() { return b2_version.major * 10000 + b2_version.minor * 100 + b2_version.revision; }

RB_API rb_world* rb_world_new(float gravity_x, float gravity_y) noexcept {
    return guarded<rb_world*>(nullptr, [&] {
        require(finite(gravity_x, gravity_y), "gravity must be finite");
        return new rb_world(b2Vec2(gravity_x, gravity_y));
    });
}

RB_API void rb_world_free(rb_world* world) noexcept { delete world; }

// `tag` names the body in contacts.
RB_API b2Body* rb_body_new(rb_world* world, int32_t type, float x, float y, float angle, int32_t tag) noexcept {
    return guarded<b2Body*>(nullptr, [&] {
        require(finite(x, y, angle), "a body's place and angle must be finite");
        require(type >= RB_STATIC && type <= RB_DYNAMIC, "there is no such type of body");
        b2BodyDef definition;
        definition.type = static_cast<b2BodyType>(type);
        definition.position.Set(x, y);
        definition.angle = angle;
        definition.userData.pointer = static_cast<uintptr_t>(tag);
        return world->world.CreateBody(&definition);
    });
}

// Contacts that end with the body are told by rb_contacts.
RB_API int rb_body_free(rb_world* world, b2Body* body) noexcept {
    return guarded(0, [&] {
        world->world.DestroyBody(body);
        return 1;
    });
}

// A convex polygon in the body's coordinates, `count` corners of two numbers.
RB_API int rb_polygon(b2Body* body, const float* corners, int32_t count, const rb_fixture* how) noexcept {
    return guarded(0, [&] {
        require(count >= 3 && count <= b2_maxPolygonVertices, "a polygon has 3 to 8 corners");
        for (int i = 0; i < 2 * count; i++) require(finite(corners[i]), "a polygon's corners must be finite");
        require(is_polygon(corners, count), "a polygon's corners lie on one line or in one place");
        require(finite(how->density, how->friction, how->restitution) && how->density >= 0,
            "density, friction and restitution must be finite, density not negative");
        b2PolygonShape shape;
        shape.Set(reinterpret_cast<const b2Vec2*>(corners), count);
        b2FixtureDef definition;
        definition.shape = &shape;
        definition.density = how->density;
        definition.friction = how->friction;
        definition.restitution = how->restitution;
        definition.isSensor = how->sensor != 0;
        definition.filter.categoryBits = static_cast<uint16>(how->category);
        definition.filter.maskBits = static_cast<uint16>(how->mask);
        definition.filter.groupIndex = static_cast<int16>(how->group);
        body->CreateFixture(&definition);
        return 1;
    });
}

// Corners of the polygon made last on this body, as Box2D keeps them: hull, counter-clockwise; returns their number.
RB_API int rb_corners(b2Body* body, float* corners) noexcept {
    return guarded(0, [&] {
        require(body->GetFixtureList() != nullptr, "the body has no polygon");
        auto shape = static_cast<const b2PolygonShape*>(body->GetFixtureList()->GetShape());
        for (int i = 0; i < shape->m_count; i++) {
            corners[2 * i] = shape->m_vertices[i].x;
            corners[2 * i + 1] = shape->m_vertices[i].y;
        }
        return static_cast<int>(shape->m_count);
    });
}

RB_API b2RevoluteJoint* rb_revolute_new(rb_world* world, b2Body* a, b2Body* b, const rb_revolute* how) noexcept {
    return guarded<b2RevoluteJoint*>(nullptr, [&] {
        require(a != b, "a joint ties two bodies");
        require(finite(how->anchor_a_x, how->anchor_a_y, how->anchor_b_x, how->anchor_b_y, how->reference_angle,
            how->lower_angle, how->upper_angle, how->max_motor_torque, how->motor_speed),
            "a joint's numbers must be finite");
        require(how->lower_angle <= how->upper_angle, "a joint's limits are in the wrong order");
        b2RevoluteJointDef definition;
        definition.bodyA = a;
        definition.bodyB = b;
        definition.localAnchorA.Set(how->anchor_a_x, how->anchor_a_y);
        definition.localAnchorB.Set(how->anchor_b_x, how->anchor_b_y);
        definition.referenceAngle = how->reference_angle;
        definition.lowerAngle = how->lower_angle;
        definition.upperAngle = how->upper_angle;
        definition.maxMotorTorque = how->max_motor_torque;
        definition.motorSpeed = how->motor_speed;
        definition.enableLimit = how->enable_limit != 0;
        definition.enableMotor = how->enable_motor != 0;
        definition.collideConnected = how->collide_connected != 0;
        return static_cast<b2RevoluteJoint*>(world->world.CreateJoint(&definition));
    });
}

RB_API int rb_motor_speed(b2RevoluteJoint* joint, float speed) noexcept {
    return guarded(0, [&] {
        require(finite(speed), "a motor's speed must be finite");
        joint->SetMotorSpeed(speed);
        return 1;
    });
}

RB_API float rb_joint_angle(const b2RevoluteJoint* joint) noexcept { return joint->GetJointAngle(); }

RB_API void rb_pose_of(const b2Body* body, rb_pose* pose) noexcept {
    const b2Vec2 place = body->GetPosition(), velocity = body->GetLinearVelocity();
    const b2Vec2 right = body->GetWorldVector(b2Vec2(1, 0)), up = body->GetWorldVector(b2Vec2(0, 1));
    *pose = {place.x, place.y, body->GetAngle(), velocity.x, velocity.y, body->GetAngularVelocity(),
        right.x, right.y, up.x, up.y};
}

RB_API void rb_mass_of(const b2Body* body, rb_mass* mass) noexcept {
    const b2Vec2 centre = body->GetLocalCenter();
    *mass = {body->GetMass(), body->GetInertia(), centre.x, centre.y};
}

// On the centre of mass; wakes the body.
RB_API int rb_force(b2Body* body, float x, float y) noexcept {
    return guarded(0, [&] {
        require(finite(x, y), "a force must be finite");
        body->ApplyForceToCenter(b2Vec2(x, y), true);
        return 1;
    });
}

RB_API int rb_step(rb_world* world, float seconds, int32_t velocity_iterations, int32_t position_iterations) noexcept {
    return guarded(0, [&] {
        require(finite(seconds) && seconds >= 0, "a step's seconds must be finite and not negative");
        require(velocity_iterations >= 0 && position_iterations >= 0, "iterations cannot be negative");
        world->world.Step(seconds, velocity_iterations, position_iterations);
        return 1;
    });
}

// What began and ended since rb_contacts_clear, in that order; the array lives until the world is touched again.
RB_API const rb_contact* rb_contacts(const rb_world* world, int32_t* count) noexcept {
    *count = static_cast<int32_t>(world->contacts.events.size());
    return world->contacts.events.data();
}

RB_API void rb_contacts_clear(rb_world* world) noexcept { world->contacts.events.clear(); }
